import { staffWords } from './store.ts';

/** What somebody is called: by name, else by login; the clock and the demo are no persons and have words of their own. */
export function whoText(login: string, name = ''): string {
  const { system, demo } = staffWords.value.time;
  const made: Readonly<Record<string, string>> = { system, demo };
  return name || (made[login] ?? login);
}

interface WhoProps {
  readonly login: string;
  /** What the owner of the login is called; none where nobody knows. */
  readonly name?: string | undefined;
}

/** Somebody by name, with the login to point at; by login where there is no name. */
export function Who({ login, name }: WhoProps) {
  const text = whoText(login, name);
  return <span {...(text !== login && { title: login })}>{text}</span>;
}
