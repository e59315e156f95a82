// When somebody works: what "today" holds, and when a day is over.
import { html } from "lit";
import { preferences, type Held } from "../../api/settings.ts";
import { endFromField, endToField, faultOf, minutesAWeek, type Hours } from "../../logic/hours.ts";
import { readPreferences } from "../../preferences.ts";
import { text } from "../../strings.ts";
import { words } from "../../strings-settings.ts";
import { Section } from "./section.ts";

class WorkingHours extends Section {
  static override properties = { ...Section.properties, held: { state: true }, hours: { state: true } };
  declare held: Held | null;
  declare hours: Hours;

  constructor() {
    super();
    this.held = null;
    this.hours = { start: "", end: "", days: [] };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  async #load(): Promise<void> {
    const held = await this.read(preferences.read());
    if (held) this.#hold(held);
  }

  #hold(held: Held): void {
    const { work_start: start, work_end: end, work_days: days } = held.preferences;
    [this.held, this.hours] = [held, { start, end, days }];
  }

  #day(day: number, on: boolean): void {
    const others = this.hours.days.filter((one) => one !== day);
    this.hours = { ...this.hours, days: (on ? [...others, day] : others).toSorted((one, other) => one - other) };
  }

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { held, hours } = this;
    const fault = faultOf(hours);
    if (held === null) return;
    if (fault !== null) {
      this.refuse(words.hoursFaults[fault]);
      return;
    }
    const change = { work_start: hours.start, work_end: hours.end, work_days: [...hours.days] };
    // What was typed stays.
    if (await this.saved(held, change, words.saved, (next) => (this.held = next))) await readPreferences();
  };

  override render() {
    if (this.held === null) return this.waiting(() => void this.#load());
    const { start, end, days } = this.hours;
    const summary = faultOf(this.hours) === null ? words.aWeek(text.minutes(minutesAWeek(this.hours)), days.length) : "";
    return html`<form class="card" @submit=${this.#save}>
      <fieldset class="days"><legend>${words.workDays}</legend>
        ${words.weekdays.map(([short, long], at) => html`<label class="workday"><input type="checkbox" aria-label=${long} .checked=${days.includes(at + 1)}
          @change=${(event: Event) => { this.#day(at + 1, (event.target as HTMLInputElement).checked); }} /><span aria-hidden="true">${short}</span></label>`)}
      </fieldset>
      <div class="pair">
        <div><label for="work-start">${words.from}</label>
          <input id="work-start" type="time" required .value=${start} @input=${(event: Event) => (this.hours = { ...this.hours, start: (event.target as HTMLInputElement).value })} /></div>
        <div><label for="work-end">${words.until}</label>
          <input id="work-end" type="time" required aria-describedby="work-end-hint" .value=${endToField(end)} @input=${(event: Event) => (this.hours = { ...this.hours, end: endFromField((event.target as HTMLInputElement).value) })} /></div>
      </div>
      <p class="hint" id="work-end-hint">${words.hoursHint}</p>
      <p role="status" class="quiet">${summary}</p>
      ${this.alert()}
      <div class="actions"><button class="primary" ?disabled=${this.busy}>${words.saveHours}</button></div>
    </form>`;
  }
}

customElements.define("mf-settings-hours", WorkingHours);
