/**
 * Checks that every command of the operators' pages is in the table that says what runs it, that every row still has its
 * command on a page, and that what the rows and commands name is there: test, words of the test, script, option, service.
 *
 *   node page-commands.ts TABLE PAGE...
 *
 * Commands are the lines of ```sh blocks, and code spans that begin with a program. A row of TABLE has a command and what
 * runs it: `path`: "words that stand in it", or "not run: " and why not. A row fits a command when its words are those
 * that the command begins with, options aside, and it names all of the command's options. `<...>` and `…` fit any word.
 * Exits 1 with what is missing.
 */
import { existsSync, readFileSync } from "node:fs";

interface Row {
  readonly text: string;
  readonly command: Command;
  readonly shown: string;
  used: boolean;
}

interface Command {
  readonly text: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

const programs =
  /^(?:scripts\/|dc |admin |docker |curl |openssl |git |ssh |scp |systemctl |timedatectl|doctl |apt-get |rclone |pg_restore |age-keygen |mindflow-firewall |\/usr\/local\/sbin\/|df |du |origin-api )/;
const missing: string[] = [];

/** One command's words without what may differ: sudo, quotes, comments. */
function command(text: string): Command {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|'[^']*'|<[^>]*>\S*|[^\s"']+(?:"[^"]*"|'[^']*')?\S*/g) ?? [];
  const said = tokens[0] === "sudo" ? tokens.slice(1) : tokens;
  const isOption = (token: string): boolean => /^--?[a-zA-Z]/.test(token);
  return { text, words: said.filter((token) => !isOption(token)), options: said.filter(isOption).map((token) => token.replace(/=.*/, "")) };
}

/** The commands of a ```sh block: continued lines joined, comments dropped, lists and pipes taken apart. */
function commandsOfBlock(block: string): string[] {
  return block
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s+)#.*$/, "").trim())
    .flatMap((line) => line.replaceAll(/"\$\(.*?\)"/g, "<it>").split(/\s+(?:&&|\|\||\|)\s+|;\s+(?:do\s+)?|\s+>\S+/))
    .map((part) => part.replace(/^\((?:umask 077)?\s*/, "").replace(/\)$/, "").trim())
    .filter((part) => part !== "" && !/^(?:alias |[A-Z_]+=|for |done|umask )/.test(part));
}

function commandsOf(page: string): Command[] {
  const text = readFileSync(page, "utf8");
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) => commandsOfBlock(block));
  const spans = [...text.replaceAll(/```.*?```/gs, "").matchAll(/`([^`\n]+)`/g)]
    .map(([, span = ""]) => span.replace(/^sudo /, ""))
    .filter((span) => programs.test(span) && !/^scripts\/(?:drills|lib)|\.sh$/.test(span))
    .flatMap((span) => span.split(/\s+&&\s+/));
  return [...blocks, ...spans].map(command);
}

const isAny = (word: string): boolean => word === "…" || /^<[^>]*>/.test(word);

function fits(row: Row, wanted: Command): boolean {
  const { words, options } = row.command;
  return (
    words.length <= wanted.words.length &&
    words.every((word, at) => isAny(word) || word === wanted.words[at]) &&
    wanted.options.every((option) => options.includes(option))
  );
}

function rowsOf(table: string): Row[] {
  return [...readFileSync(table, "utf8").matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, text = "", shown = ""]) => ({ text, command: command(text), shown, used: false }));
}

/** What a row says runs its command must be there, with the words that it says. */
function checkProof(row: Row): void {
  if (row.shown.startsWith("not run: ")) return;
  const proofs = [...row.shown.matchAll(/`([\w./-]+\/[\w./-]+)`(?:: "([^"]+)")?/g)];
  if (proofs.length === 0) missing.push(`\`${row.text}\`: name what runs it, or say "not run: " and why`);
  for (const [, path = "", words] of proofs) {
    if (!existsSync(path)) missing.push(`\`${row.text}\`: there is no ${path}`);
    else if (words === undefined) missing.push(`\`${row.text}\`: say which words of ${path} show it`);
    else if (!readFileSync(path, "utf8").includes(words)) missing.push(`\`${row.text}\`: ${path} has no "${words}"`);
  }
}

/** A script, an option or a service that is not there cannot be run by anybody. */
function checkNames(page: string, { text, words, options }: Command): void {
  const [program = "", ...rest] = words;
  if (program.startsWith("scripts/")) {
    if (!existsSync(program)) missing.push(`${page}: \`${text}\`: there is no ${program}`);
    else {
      const source = readFileSync(program, "utf8");
      for (const option of options) if (!source.includes(option)) missing.push(`${page}: \`${text}\`: ${program} has no ${option}`);
    }
  }
  const last = rest.at(-1);
  if (program === "dc" && ["run", "exec", "logs", "ps", "stop", "start"].includes(rest[0] ?? "") && rest.length > 1 && last !== undefined) {
    const service = rest[1] ?? "";
    if (!isAny(service) && !readFileSync("docker-compose.prod.yml", "utf8").includes(`\n  ${service}:\n`)) {
      missing.push(`${page}: \`${text}\`: docker-compose.prod.yml has no service ${service}`);
    }
  }
  if (program === "admin") {
    const usage = readFileSync("origin-api/src/commands.rs", "utf8");
    for (const word of [...rest.slice(0, 2), ...options]) if (!usage.includes(word)) missing.push(`${page}: \`${text}\`: origin-api has no ${word}`);
  }
}

const [table = "", ...pages] = process.argv.slice(2);
const rows = rowsOf(table);
let seen = 0;
for (const page of pages) {
  for (const wanted of commandsOf(page)) {
    seen += 1;
    checkNames(page, wanted);
    const best = rows.filter((row) => fits(row, wanted)).sort((a, b) => b.command.words.length - a.command.words.length)[0];
    if (best === undefined) missing.push(`${page}: \`${wanted.text}\` has no row in ${table} with its words and its options`);
    else best.used = true;
  }
}
for (const row of rows) {
  checkProof(row);
  if (!row.used) missing.push(`${table}: no page has \`${row.text}\` any more`);
}
if (seen === 0 || rows.length === 0) missing.push("no command was found");
for (const line of missing) process.stderr.write(`${line}\n`);
process.exitCode = missing.length > 0 ? 1 : 0;
if (process.exitCode === 0) process.stdout.write(`${seen} commands of ${pages.length} pages are in ${rows.length} rows, ${rows.filter((row) => row.shown.startsWith("not run: ")).length} of them not run\n`);
