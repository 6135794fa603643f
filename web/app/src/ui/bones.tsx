import '../styles/bones.css';

/** Where rows are on their way: their shape for the eye, a word for who hears the page. */
export function Bones({ rows, label }: { rows: number; label: string }) {
  return (
    <div class="bones">
      <p class="unseen" role="status">
        {label}
      </p>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} aria-hidden="true" />
      ))}
    </div>
  );
}
