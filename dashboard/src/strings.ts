// Every text that a person reads, in one place.
import type { Part } from "./api/client.ts";

type Factor = Part["factor"];

const factors: Record<Factor, string> = {
  urgency: "Urgency",
  importance: "Importance",
  fit: "Fits your time",
  unblocks: "Unblocks others",
  started: "Already started",
  time_of_day: "Time of day",
  small: "Small",
  age: "Waiting long",
  not_now: "You said not now",
};

function duration(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const hours = `${Math.floor(minutes / 60)} h`;
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} min`;
}

export const text = {
  product: "MindFlow",
  skip: "Skip to content",
  // Signing in
  welcome: "Welcome back",
  join: "Create your account",
  claim: "One task at a time, and you can see why.",
  email: "E-mail address",
  password: "Password",
  passwordHint: "8 characters or more; a few words are best.",
  signIn: "Sign in",
  signUp: "Create account",
  wrongEntry: "The e-mail address or the password is wrong.",
  signOut: "Sign out",
  toSignUp: "New here? Create an account",
  toSignIn: "Have an account? Sign in",
  forgotten: "Forgot your password?",
  newPassword: "New password",
  toProduct: "Go to MindFlow",
  links: {
    forgot: { heading: "Reset your password", button: "Send me a link", done: "If there is an account with this address, a link is on its way. It holds for an hour." },
    reset: { heading: "Choose a new password", button: "Set the password", done: "Your password is set, and every other session has ended. Sign in with it." },
    confirm: { heading: "Confirm your e-mail address", button: "Confirm my address", done: "Thank you, your address is confirmed." },
  },
  // Getting about
  noPage: "There is no such page",
  noPageHint: "The address may be mistyped, or the page is gone. Your tasks are where they were.",
  toNext: "See what is next",
  mainNavigation: "Main",
  next: "Next",
  today: "Today",
  upcoming: "Upcoming",
  all: "All",
  // Next
  nextHeading: "Do this next",
  why: "Why this one",
  total: "Score",
  start: "Start",
  started: "In progress",
  done: "Done",
  snooze: "Snooze",
  notNow: "Not now",
  runnersUp: "Runners-up",
  freeTime: "I have",
  anyTime: "any amount of time",
  minutes: duration,
  laterToday: "In 3 hours",
  tomorrow: "Tomorrow",
  weekend: "This weekend",
  nextWeek: "Next week",
  hidden: "Hidden for now",
  hiddenReasons: {
    snoozed: "snoozed",
    not_started_yet: "not to be started yet",
    blocked: "waiting for another task",
    has_open_subtasks: "with open subtasks",
  },
  wakes: (title: string, at: string) => `“${title}” is next to come back, ${at}.`,
  emptyNext: "Nothing to do right now",
  emptyNextHint: "Add a task above. MindFlow tells you which to do first, and shows its reasons.",
  assumptions: "Assumed",
  // Lists
  overdue: "Overdue",
  noDate: "No date",
  emptyToday: "Today is clear.",
  emptyUpcoming: "Nothing is planned yet. Give a task a date, as in “Call Ada friday”.",
  emptyAll: "No task is here.",
  search: "Search tasks",
  show: "Show",
  open: "Open",
  completed: "Completed",
  complete: (title: string) => `Complete “${title}”`,
  reopen: (title: string) => `“${title}” is done; open it again`,
  deadline: (when: string) => `Deadline ${when}`,
  repeats: "Repeats",
  priority: (level: number) => `Priority ${level}`,
  dayWords: { today: "today", tomorrow: "tomorrow" },
  planned: (minutes: number, unknown: number) =>
    [minutes === 0 ? null : `${duration(minutes)} planned`, unknown === 0 ? null : `${unknown} without an estimate`].filter((part) => part !== null).join(" · "),
  move: "Move",
  // Keys
  keys: "Keyboard",
  keysButton: "Keyboard shortcuts",
  close: "Close",
  // What a key means here the palette offers as a command, too, and then presses the first of the keys.
  keySheet: [
    { heading: "Anywhere", keys: [
      ["q", "Add a task"],
      ["Ctrl+K", "Find a task, a page or a command"],
      ["z Ctrl+Z", "Undo the last change"],
      ["?", "Show the keyboard shortcuts"],
      ["Esc", "Leave a field, a menu or a sheet"],
    ] },
    { heading: "On a task", keys: [
      ["j k", "Next and previous task"],
      ["e", "Done"],
      ["t", "Move to another day"],
      ["s", "Snooze"],
      ["/", "Search, on the page of all tasks"],
    ] },
    { heading: "On Next", keys: [
      ["b", "Begin the best task"],
      ["n", "Not now"],
    ] },
  ] as readonly { heading: string; keys: readonly (readonly [string, string])[] }[],
  goTo: "Go to",
  // Palette
  palette: "Find a task, a page or a command",
  paletteOpen: "Search",
  paletteHint: "↑ ↓ to choose · Enter to run · Esc to close",
  paletteGroups: { commands: "Pages and commands", projects: "Projects", tasks: "Tasks" },
  paletteFound: (count: number) => (count === 0 ? "Nothing found" : count === 1 ? "1 result" : `${count} results`),
  paletteNothing: "Nothing has these words. Try fewer of them, or the beginning of one.",
  goToPage: (label: string) => `Go to ${label}`,
  addAsTask: (line: string) => `Add “${line}” as a task`,
  noTaskForThat: "There is no task here to do that with. Choose one with j and k.",
  // Quick add
  add: "Add a task",
  addButton: "Add",
  addPlaceholder: "Call Ada friday 10am #phone +home 15m p4",
  addHint: "p1–p5 · #tag · +project · 30m · every friday · !deadline",
  removeToken: (label: string) => `Read “${label}” as text`,
  added: (title: string) => `Added “${title}”.`,
  // What happened
  completedToast: (title: string) => `“${title}” is done.`,
  movedToast: (title: string) => `Moved “${title}”.`,
  reopenedToast: (title: string) => `“${title}” is open again.`,
  startedToast: (title: string) => `Started “${title}”.`,
  snoozedToast: (title: string) => `“${title}” is snoozed.`,
  notNowToast: (title: string) => `“${title}” comes later.`,
  undo: "Undo",
  undone: "Undone.",
  dismiss: "Dismiss",
  pending: "Accepted. The server is away; this is done as soon as it is back.",
  changedElsewhere: "Somebody changed this task meanwhile. It was read again; try once more.",
  offline: "MindFlow cannot be reached. Check your connection and try again.",
  failed: (status: number) => `That did not work (${status}). Try again in a moment.`,
  retry: "Try again",
  loading: "Loading",
  factor: (factor: Factor) => factors[factor],
};
