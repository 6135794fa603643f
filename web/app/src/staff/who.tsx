interface WhoProps {
  readonly login: string;
  /** What the owner of the login is called; none where nobody knows. */
  readonly name?: string | undefined;
}

/** Somebody by name, with the login to point at; by login where there is no name. */
export function Who({ login, name }: WhoProps) {
  return <span title={name && login}>{name || login}</span>;
}
