// Every text that a person reads, in one place.
import type { Part } from "./api/client.ts";
import type { Capacity } from "./logic/capacity.ts";

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

const some = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`);

/** What the bar of a day says: how much is planned, whether it fits, and what it does not know. */
function capacity({ planned, unknown, free, over, closed }: Capacity): { first: string; second: string; third: string | null } {
  const first = planned === 0 ? "Nothing estimated is planned." : `${duration(planned)} planned.`;
  const left = closed === "day off" ? "This is not one of your working days." : closed === "after work" ? "Your working hours are over." : `${duration(free)} of working time left.`;
  const second = over > 0 && closed === null ? `${left} That is ${duration(over)} too much.` : left;
  return { first, second, third: unknown === 0 ? null : `${some(unknown, "task has", "tasks have")} no estimate and ${unknown === 1 ? "is" : "are"} not counted.` };
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
  settings: "Settings",
  settingsSection: (label: string) => `Settings: ${label}`,
  settingsSections: {
    profile: "Profile", password: "Password", appearance: "Appearance", hours: "Working hours", weights: "What counts", devices: "Devices", apps: "Apps",
    keys: "API keys", calendar: "Calendar feed", import: "Import", export: "Export", delete: "Delete account",
  },
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
  emptyTodayHint: "Give a task today's date, as in “Call Ada today”, or move one here.",
  toUpcoming: "See what is coming",
  lateTasks: (count: number) => some(count, "task is overdue.", "tasks are overdue."),
  moveAll: "Move them all",
  movedAllToast: (count: number) => `Moved ${some(count, "task", "tasks")}.`,
  capacity,
  week: "Days",
  weekBefore: "The seven days before",
  weekAfter: "The seven days after",
  thisWeek: "From today",
  tooMuch: " !",
  shortMinutes: (minutes: number) => (minutes < 60 ? `${minutes}m` : minutes < 600 ? `${Math.round(minutes / 6) / 10}h` : `${Math.round(minutes / 60)}h`),
  dayLoad: (day: string, { count, minutes, unknown }: { count: number; minutes: number; unknown: number }, free: number | null) =>
    [
      `${day}: ${count === 0 ? "no task" : some(count, "task", "tasks")}`,
      minutes === 0 ? null : `${duration(minutes)} planned`,
      free === null ? null : free === 0 ? "no working time" : `${duration(free)} of working time`,
      unknown === 0 ? null : `${unknown} without an estimate`,
      free !== null && minutes > free ? "too much" : null,
    ].filter((part) => part !== null).join(", "),
  nothingOn: (day: string) => `Nothing is planned for ${day}.`,
  undated: (count: number) => `${some(count, "task", "tasks")} without a day`,
  emptyUpcoming: "Nothing is planned yet. Give a task a date, as in “Call Ada friday”.",
  emptyAll: "No task is here.",
  emptyAllHint: "Add one above, or look at what is done under “Status”.",
  noneFits: "No task meets all of these filters.",
  noneFound: (words: string) => `No task has the words “${words}” and meets the filters.`,
  noneFitsHint: "Try fewer words, or the beginning of one; #tag, +project and p4 in the search become filters.",
  found: (count: number) => some(count, "task", "tasks"),
  search: "Search tasks",
  searchPlaceholder: "Search: words, #tag, +project, p4",
  searchHint: "#tag, +project and p1–p5 become filters; p4 means priority 4 or higher.",
  filters: {
    labels: { status: "Status", priority: "Priority", due: "Day", project: "Project", tag: "Tag", sort: "Order" },
    status: { open: "Open", pending: "Not started", in_progress: "In progress", snoozed: "Snoozed", blocked: "Blocked", completed: "Completed" },
    anyPriority: "Any",
    level: (level: number) => (level === 5 ? "5" : `${level} or higher`),
    priority: (level: number) => (level === 5 ? "Priority 5" : `Priority ${level} or higher`),
    anyDay: "Any",
    due: { overdue: "Overdue", today: "Today", week: "Next 7 days", none: "No date" },
    anyProject: "Any",
    anyTag: "Any",
    sort: { newest: "Newest first", due: "By date", priority: "By priority", changed: "Last changed", score: "What is next" },
    active: "Filters",
    remove: (label: string) => `Remove the filter “${label}”`,
    removeAll: "Remove all filters",
  },
  complete: (title: string) => `Complete “${title}”`,
  reopen: (title: string) => `“${title}” is done; open it again`,
  deadline: (when: string) => `Deadline ${when}`,
  repeats: "Repeats",
  priority: (level: number) => `Priority ${level}`,
  dayWords: { today: "today", tomorrow: "tomorrow" },
  planned: (minutes: number, unknown: number) =>
    [minutes === 0 ? null : `${duration(minutes)} planned`, unknown === 0 ? null : `${unknown} without an estimate`].filter((part) => part !== null).join(" · "),
  move: "Move",
  // Projects
  projects: "Projects",
  toProjects: "See all projects",
  projectCounts: ({ open, completed }: { open: number; completed: number }) =>
    open + completed === 0 ? "No tasks yet" : open === 0 ? `All ${some(completed, "task", "tasks")} done` : `${open} open · ${completed} of ${open + completed} done`,
  projectOverdue: (count: number) => `${count} overdue`,
  emptyProjects: "There are no projects yet.",
  emptyProjectsHint: "Give a task one, as in “Paint the fence +Garden”: it is made when it is first used.",
  allArchived: "All of your projects are put away.",
  archived: (count: number) => `${some(count, "project", "projects")} put away`,
  isArchived: "Put away",
  archive: "Put away",
  unarchive: "Take out again",
  archivedToast: (name: string) => `“${name}” is put away; its tasks stay as they are.`,
  unarchivedToast: (name: string) => `“${name}” is in use again.`,
  rename: "Rename",
  renamed: (name: string) => `It is called “${name}” now, for all of its tasks.`,
  projectName: "Name of the project",
  save: "Save",
  noProject: "There is no project with this name. It may have been renamed.",
  emptyProject: "This project has no tasks.",
  emptyProjectHint: (name: string) => `Add one above, with +${/\s/.test(name) ? `"${name}"` : name}.`,
  // Keys
  keys: "Keyboard",
  keysButton: "Keyboard shortcuts",
  close: "Close",
  // What a key means here the palette offers as a command, too, and then presses the first of the keys.
  keySheet: [
    { heading: "Anywhere", keys: [
      ["q", "Add a task"],
      ["/", "Search and filter all tasks"],
      ["Ctrl+K", "Find a task, a page or a command"],
      ["z Ctrl+Z", "Undo the last change"],
      ["?", "Show the keyboard shortcuts"],
      ["Esc", "Leave a field, a menu or a sheet"],
    ] },
    { heading: "On a task", keys: [
      ["j k", "Next and previous task"],
      ["e", "Done"],
      ["t", "Move to another day"],
      ["+", "A day later, in Upcoming"],
      ["-", "A day earlier, in Upcoming"],
      ["s", "Snooze"],
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
  notLoaded: "This part could not be loaded. Check your connection, or load the page again.",
  retry: "Try again",
  cancel: "Cancel",
  loading: "Loading",
  factor: (factor: Factor) => factors[factor],
};
