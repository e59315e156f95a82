// The first clock of a page takes the browser long to make, a tenth of a second on a slow device: it does so while the code
// that asks for the day is still on its way.
globalThis.setTimeout(() => new globalThis.Intl.DateTimeFormat());
