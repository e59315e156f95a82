// Every text of the settings; they are loaded with them.
import type { NewImport, Preferences, ReportLine } from "./api/settings.ts";
import type { Fault } from "./logic/hours.ts";
import type { Unfit } from "./logic/import-file.ts";
import type { Looks } from "./logic/theme.ts";
import type { Factor, Preset } from "./logic/weights.ts";
import { text } from "./strings.ts";

const count = (number: number, one: string, more: string) => `${number.toLocaleString()} ${number === 1 ? one : more}`;

const languages: Record<Preferences["search_language"], string> = {
  simple: "Any language, words as they are", arabic: "Arabic", armenian: "Armenian", basque: "Basque", catalan: "Catalan", danish: "Danish", dutch: "Dutch",
  english: "English", estonian: "Estonian", finnish: "Finnish", french: "French", german: "German", greek: "Greek", hindi: "Hindi", hungarian: "Hungarian",
  indonesian: "Indonesian", irish: "Irish", italian: "Italian", lithuanian: "Lithuanian", nepali: "Nepali", norwegian: "Norwegian", portuguese: "Portuguese",
  romanian: "Romanian", russian: "Russian", serbian: "Serbian", spanish: "Spanish", swedish: "Swedish", tamil: "Tamil", turkish: "Turkish", yiddish: "Yiddish",
};

const factorHints: Record<Factor, string> = {
  urgency: "How near a deadline or a due date is.",
  importance: "The priority that you gave.",
  fit: "Whether it fits the time that you have.",
  small: "Done quickly.",
  unblocks: "Other tasks wait for it.",
  started: "You have begun it.",
  time_of_day: "It is the time of day that it is best done at.",
  age: "It has waited long.",
  not_now: "You put it off with “Not now”.",
};

const presetNames: Record<Preset, string> = { balanced: "Balanced", "deadlines-first": "Deadlines first", "important-first": "Important first", "quick-wins": "Quick wins" };

const hoursFaults: Record<Fault, string> = {
  "no-time": "Give the time at which your day begins and the one at which it ends.",
  order: "Your day must end after it begins.",
  "no-day": "Choose at least one day.",
};

const unfit: Record<Unfit, string> = {
  empty: "This file is empty. Export again, and choose the new file.",
  "too-large": "This file is larger than 10 MiB. Export one project at a time, or leave completed tasks out, and import the files one after another.",
  "broken-json": "This file breaks off or is damaged: it is no valid JSON. Export again, and choose the new file.",
  "other-json": "This JSON is from another program. Choose an export of MindFlow, or what `task export` of Taskwarrior writes.",
  "other-csv": "This table is from another program. Choose a project that Todoist exported as a template: its first line has TYPE and CONTENT.",
  unknown: "MindFlow does not know this kind of file. Choose a MindFlow or Taskwarrior export (.json) or a Todoist template (.csv).",
};

const formats: Record<NewImport["format"], string> = { mindflow: "MindFlow", "todoist-csv": "Todoist", taskwarrior: "Taskwarrior" };

const outcomes: Record<ReportLine["outcome"], string> = { created: "new", updated: "changed", skipped: "left out", merged: "part of another task", noted: "with a note" };

const themes: Record<Looks["theme"], readonly [string, string]> = {
  system: ["System", "As this device looks"],
  light: ["Light", "Dark on light"],
  dark: ["Dark", "Light on dark"],
};

const densities: Record<Looks["density"], readonly [string, string]> = {
  comfortable: ["Comfortable", "Room to breathe, easy to touch"],
  compact: ["Compact", "More on one screen"],
};

const scopeNames: Record<string, string> = { "tasks:read": "Read tasks", "tasks:write": "Change tasks" };

export const words = {
  settings: text.settings,
  sections: text.settingsSections,
  hints: {
    profile: "Your name, your address, where you are.",
    password: "A new one signs you out everywhere else.",
    appearance: "Light or dark, roomy or compact, on this device.",
    shortcuts: "Which key does what, on this device.",
    hours: "When your day begins and ends; what fits into it.",
    weights: "Which tasks come first, and what that changes.",
    devices: "Where you are signed in.",
    apps: "Assistants that you have allowed to see your tasks.",
    keys: "For programs of your own.",
    calendar: "Your tasks in the calendar that you use.",
    import: "Bring your tasks from MindFlow, Todoist or Taskwarrior.",
    export: "Everything that is yours, in one file.",
    delete: "For good, and at once.",
  },
  saved: "Saved.",
  changedElsewhere: "These settings were changed elsewhere meanwhile. Look once more, and save again.",
  revoke: "Revoke",
  never: "never",
  usedOn: (day: string) => (day === "never" ? "Never used" : `Last used ${day.toLocaleLowerCase()}`),
  endsOn: (day: string) => `Ends ${day}`,
  scopes: (scopes: readonly string[]) => scopes.map((scope) => scopeNames[scope] ?? scope).join(", "),
  scopeNames,
  currentPassword: "Your password",
  wrongPassword: "This is not the password of your account.",
  // Profile
  name: "Name",
  saveName: "Save name",
  since: (day: string) => `With MindFlow since ${day}.`,
  email: "E-mail address",
  confirmed: "Confirmed",
  unconfirmed: "Not confirmed",
  newEmail: "New address",
  newEmailHint: "A link is sent there; it counts once you follow it. Until then you sign in with the present one.",
  unconfirmedHint: "Your present address was not confirmed yet. Type it again to be sent another link, or give a new one.",
  sendLink: "Send me a link",
  linkSent: (to: string, now: string) => (to.toLowerCase() === now ? `A link is on its way to ${to}.` : `A link is on its way to ${to}. Follow it within a day; until then ${now} stays your address.`),
  timeZone: "Time zone",
  otherZones: "Other",
  timeZoneHint: "Dates without an offset are meant in this zone.",
  otherZoneHere: (here: string) => `Dates without an offset are meant in this zone. This device is in ${here.replaceAll("_", " ")}.`,
  language: "Language of your tasks",
  languageHint: "Search finds other forms of a word in this language: “studies” finds “study”.",
  languages: Object.entries(languages) as [Preferences["search_language"], string][],
  savePlace: "Save zone and language",
  // Password
  passwordEnds: "Every other device, app and API key is signed out.",
  changePassword: "Change password",
  passwordChanged: "Your password is changed, and everything else is signed out.",
  // Appearance
  theme: "Colours",
  themes,
  density: "Density",
  densities,
  motionHint: "Movement follows the setting of your system: where that asks for less, nothing moves here.",
  // Keyboard
  ownKeys: {
    single: "Single keys",
    singleHint: "A letter or a sign pressed alone does something, outside of fields. Turn this off if you speak to your computer or touch keys by chance: arrows, Enter, Escape and keys with Ctrl or Alt go on working, and Ctrl+K leads to everything.",
    on: "Single keys are on.",
    off: "Single keys are off.",
    hint: "Choose a field and press the key that you want: a letter, a digit or a sign, alone or with Alt. Backspace leaves it without one.",
    pages: "Go to, after g",
    names: {
      q: "Add a task", c: "Add a task, by another key", g: "Go to a page, with its letter", z: "Undo the last change", Z: "Do again what was undone", j: "Next task", k: "Previous task",
      r: "Rename", J: "Select the next row, too", K: "Select the row before, too",
    } as Record<string, string>,
    none: "off",
    again: (key: string) => `Back to ${key}`,
    againFor: (key: string, name: string) => `Back to ${key} for “${name}”`,
    isOn: (name: string, key: string) => `“${name}” is on ${key} now.`,
    hasNone: (name: string) => `“${name}” has no key now.`,
    taken: (key: string, name: string) => `${key} is “${name}” already. Give that another key first, or choose another one here.`,
    unfit: "This key cannot be chosen. Press a letter, a digit or a sign, alone or with Alt.",
    resetAll: "Reset all keys",
    reset: "All keys are as they were at first.",
    asBefore: "Your keys are back.",
    notKept: "This holds until the page is loaded again: the browser keeps nothing for MindFlow.",
  },
  // Working hours
  workDays: "Working days",
  weekdays: [["Mon", "Monday"], ["Tue", "Tuesday"], ["Wed", "Wednesday"], ["Thu", "Thursday"], ["Fri", "Friday"], ["Sat", "Saturday"], ["Sun", "Sunday"]] as const,
  from: "From",
  until: "Until",
  hoursHint: "A day is over when you stop working: what was due then is overdue. 00:00 as the end is midnight.",
  aWeek: (time: string, days: number) => `${time} a week, on ${count(days, "day", "days")}.`,
  hoursFaults,
  saveHours: "Save working hours",
  // Weights
  presets: "Ways to work",
  presetNames,
  factorHints,
  times: (weight: number) => (weight === 0 ? "does not count" : `counts ${weight} times`),
  asNumber: (factor: string) => `${factor}, as a number`,
  saveWeights: "Save",
  asBefore: "As before",
  weightsSaved: "Saved. This is the order now.",
  previewHeading: "Then this comes first",
  orderHeading: "This comes first",
  firstNow: (title: string) => `First: ${title}`,
  moved: (up: number) => (up > 0 ? `, ${count(up, "place", "places")} up` : `, ${count(-up, "place", "places")} down`),
  noTasks: "No open task yet. Add some, and see here in which order they come.",
  // Devices
  device: (program: string | null, system: string | null) => (program === null ? (system ?? "Unknown device") : system === null ? program : `${program} on ${system}`),
  deviceCount: (devices: number) => `Signed in on ${count(devices, "device", "devices")}`,
  thisDevice: "This device",
  signedIn: (day: string) => `Signed in ${day}`,
  byToken: "By a program",
  signOutThere: "Sign out",
  signOutOthers: "Sign out all others",
  endDevice: (device: string) => `Sign out ${device}?`,
  endDeviceBody: "It is asked to sign in again at its next step.",
  deviceEnded: (device: string) => `${device} is signed out.`,
  endOthers: (others: number) => `Sign out ${count(others, "other device", "other devices")}?`,
  othersEnded: (others: number) => `Signed out ${count(others, "other device", "other devices")}.`,
  // Apps
  appCount: (apps: number) => `${count(apps, "app", "apps")} allowed`,
  allowedOn: (day: string) => `Allowed ${day}`,
  endApp: (app: string) => `Revoke ${app}?`,
  endAppBody: "It can no longer see or change your tasks, from its next step on.",
  appEnded: (app: string) => `${app} is not allowed any more.`,
  noApps: "No app is allowed",
  noAppsHint: "When you connect ChatGPT, Claude or another assistant and allow it to see your tasks, it stands here, and you can end that at any time.",
  // API keys
  makeKey: "Make a key",
  makeKeyButton: "Make key",
  keyName: "What is it for?",
  keyNameExample: "Backup on the NAS",
  mayDo: "It may",
  noScope: "Choose at least one thing that the key may do.",
  keyEnds: "It ends",
  lifetimes: { 7: "In a week", 30: "In 30 days", 90: "In 90 days", 365: "In a year" },
  onADay: "On a day that I choose",
  keyDay: "Last day",
  newKey: (name: string) => `Key “${name}”`,
  keyCount: (keys: number) => count(keys, "active key", "active keys"),
  noKeys: "No active key",
  noKeysHint: "A key lets a program of yours read or change your tasks, and nothing else.",
  endKey: (name: string) => `Revoke key “${name}”?`,
  endKeyBody: "Programs that use it are refused from their next step on.",
  keyEnded: (name: string) => `Key “${name}” is revoked.`,
  copy: "Copy",
  copied: "Copied.",
  copyYourself: "It is selected: copy it with your keyboard.",
  shownOnce: "Keep it in a safe place: it is shown this once.",
  // Calendar
  feedIsOpen: "The feed is open",
  feedIsClosed: "The feed is closed",
  feedHint: "An address that Google Calendar, Apple Calendar, Outlook and others can subscribe to. Whoever has it sees your tasks with a date, and can change nothing.",
  openFeed: "Open the feed",
  feedOpened: "The feed is open.",
  feedAddress: "Address of the feed",
  feedHow: "In your calendar choose to subscribe, or to add a calendar from a URL, and paste this address.",
  replace: "New address",
  replaceFeed: "Replace the address of the feed?",
  replaceFeedBody: "Calendars that use the present one see nothing new until you give them the new one.",
  closeFeed: "Close the feed?",
  closeFeedBody: "Calendars that subscribed see nothing new from then on.",
  closeFeedButton: "Close the feed",
  feedClosed: "The feed is closed.",
  // Export
  exportBody: "All tasks, done ones too, with your projects and preferences, as one JSON file that MindFlow imports again. Keys, devices and deleted tasks are not in it.",
  exportButton: "Download export",
  exporting: "Reading everything",
  exported: "Your export is in your downloads.",
  exportBroken: "The export broke off on its way. Try again.",
  // Import
  chooseFile: "Choose a file",
  orDrop: "or drop it here. Nothing changes before you have seen what would.",
  importKinds: ["MindFlow: the file that Export gives (.json)", "Todoist: a project exported as a template (.csv)", "Taskwarrior: what “task export” writes (.json)"],
  unfit,
  unreadable: "This file cannot be read. If it was moved or changed meanwhile, choose it again.",
  formats,
  outcomes,
  checking: "Looking at every line",
  importing: "Importing",
  importProject: "Project for these tasks",
  wouldImport: (created: number, updated: number) =>
    created + updated === 0 ? "Nothing would change" : [created === 0 ? null : count(created, "new task", "new tasks"), updated === 0 ? null : `${count(updated, "task", "tasks")} changed`].filter((part) => part !== null).join(", "),
  importButton: (tasks: number) => (tasks === 0 ? "Import" : `Import ${count(tasks, "task", "tasks")}`),
  nothingToImport: "All of it is here already.",
  imported: (tasks: number) => `Imported ${count(tasks, "task", "tasks")}.`,
  undoImport: "Undo this import",
  importUndone: "The import is undone.",
  seeTasks: "See all tasks",
  report: "What becomes of each line",
  allLines: (lines: number) => `Show every line (${lines.toLocaleString()})`,
  nothingToTell: "Every line comes in as it is.",
  line: "Line",
  outcome: "Outcome",
  because: "Why",
  wholeFile: "File",
  moreLines: (left: number) => `Show more (${left.toLocaleString()} left)`,
  // Delete
  takeACopy: "Take a copy first",
  whatIsLost: "What is lost",
  losses: ["Every task, project and preference, done tasks too", "Your history, with all that could be undone", "Every device, app, API key and the calendar feed"],
  noWayBack: "It happens at once, and nobody can bring it back. Your address can be used for a new account.",
  typeAddress: (address: string) => `Type ${address} to go on`,
  deleteButton: "Delete my account",
  deleted: "Your account is deleted.",
};
