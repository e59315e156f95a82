// How the card looks: light and dark by the host's theme, from 320 pixels up.
import { css } from "lit";

export const style = css`
  :host {
    --text: light-dark(#1b1f24, #eceef1);
    --soft: light-dark(#57606a, #a8b0ba);
    --back: light-dark(#ffffff, #1c1e22);
    --line: light-dark(#dfe3e8, #383c43);
    --box: light-dark(#f3f5f7, #2a2d33);
    --main: light-dark(#1f5fd0, #8ab4f8);
    --on-main: light-dark(#ffffff, #10141a);
    --late: light-dark(#b42318, #ffa198);
    --less: light-dark(#b25e09, #f0b429);
    display: block;
    box-sizing: border-box;
    padding: 1rem;
    color: var(--text);
    background: var(--back);
    font: 0.9375rem/1.5 system-ui, sans-serif;
    overflow-wrap: anywhere;
  }
  * { box-sizing: border-box; }
  p, h1, h2, ul, ol { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  .over { color: var(--soft); font-size: 0.8125rem; font-weight: 600; }
  h1 { font-size: 1.25rem; line-height: 1.3; font-weight: 650; }
  h2 { display: flex; justify-content: space-between; align-items: baseline; margin-bottom: 0.375rem; font-size: 0.875rem; font-weight: 600; }
  section { margin-top: 1.125rem; padding-top: 0.875rem; border-top: 1px solid var(--line); }
  .soft, .score, .because { color: var(--soft); font-size: 0.8125rem; font-weight: 400; }
  .facts { display: flex; flex-wrap: wrap; gap: 0.375rem; margin-top: 0.5rem; }
  .facts li { padding: 0.0625rem 0.5rem; border-radius: 1rem; background: var(--box); font-size: 0.8125rem; }
  .facts .late { color: var(--late); font-weight: 600; }
  .why { margin-top: 0.625rem; }
  .acts { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.875rem; }
  button {
    flex: 1 1 auto; min-height: 2.5rem; padding: 0.375rem 0.875rem; border: 1px solid var(--line); border-radius: 0.625rem;
    background: var(--back); color: inherit; font: inherit; font-weight: 550; cursor: pointer;
  }
  button:hover { background: var(--box); }
  button.main { border-color: var(--main); background: var(--main); color: var(--on-main); }
  button.main:hover { filter: brightness(1.08); }
  button[aria-disabled="true"] { opacity: 0.55; cursor: progress; }
  button.quiet { flex: none; min-height: 2rem; padding: 0.125rem 0.75rem; color: var(--main); }
  button:focus-visible, summary:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
  .parts li { display: grid; grid-template-columns: 8.25rem 1fr 3rem; column-gap: 0.75rem; align-items: center; padding: 0.25rem 0; }
  .bar { width: 100%; height: 0.5rem; border-radius: 0.25rem; background: var(--box); }
  .bar rect { fill: var(--main); }
  .bar .less { fill: var(--less); }
  .points { color: var(--soft); font-size: 0.8125rem; text-align: right; font-variant-numeric: tabular-nums; }
  .because { grid-column: 1 / -1; }
  .others li + li { border-top: 1px solid var(--line); }
  summary { display: flex; gap: 0.75rem; align-items: baseline; padding: 0.5rem 0; border-radius: 0.25rem; cursor: pointer; list-style: none; }
  summary::-webkit-details-marker { display: none; }
  summary::before { content: "›"; color: var(--soft); transition: transform 0.15s; }
  details[open] summary::before { transform: rotate(90deg); }
  summary .title { flex: 1; }
  details p { padding: 0 0 0.5rem 1.25rem; }
  .hidden { margin-top: 0.875rem; }
  .said { display: flex; gap: 0.75rem; align-items: center; justify-content: space-between; font-size: 0.875rem; }
  .said:has(span:not(:empty)) { margin-top: 0.875rem; padding: 0.5rem 0.75rem; border-radius: 0.625rem; background: var(--box); }
  .said span:empty { display: none; }
  .said.failed span { color: var(--late); }
  @media (max-width: 24rem) {
    :host { padding: 0.75rem; }
    .acts { display: grid; grid-template-columns: 1fr 1fr; }
    .parts li { grid-template-columns: 6.75rem 1fr 2.75rem; column-gap: 0.5rem; }
  }
  @media (prefers-reduced-motion: reduce) { summary::before { transition: none; } }
`;
