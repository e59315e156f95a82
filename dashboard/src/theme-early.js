// Runs before the first paint, so that no page is white first: how it looks was kept by src/logic/theme.ts.
try {
  const { document, localStorage } = globalThis;
  const words = (localStorage.getItem("mindflow-looks") ?? "").split(" ");
  const theme = ["light", "dark"].find((one) => words.includes(one));
  if (theme) {
    document.documentElement.dataset.theme = theme;
    document.querySelector('meta[name="color-scheme"]').content = theme;
  }
  if (words.includes("compact")) document.documentElement.dataset.density = "compact";
} catch {
  // Nothing may be kept in this browser: it looks as the system does.
}
