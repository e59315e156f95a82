// The days that a task is moved to most, from one list for menus of rows and of several tasks; and any other day, in words.
import { html, type TemplateResult } from "lit";
import type { When } from "../logic/date-words.ts";
import { nextWeekday, plusDays, type Day } from "../logic/days.ts";
import { today } from "../preferences.ts";
import { text } from "../strings.ts";
import type { Offer } from "./menu.ts";
import "./menu.ts";

export function daysToChoose(today: Day): { label: string; day: Day | null }[] {
  return [
    { label: text.today, day: today },
    { label: text.tomorrow, day: plusDays(today, 1) },
    { label: text.weekend, day: nextWeekday(today, 6) },
    { label: text.nextWeek, day: nextWeekday(today, 1) },
    { label: text.noDate, day: null },
  ];
}

export function dayChoices(choose: (when: When) => void): Offer {
  return {
    choices: () => daysToChoose(today()).map(({ label, day }) => ({ label, choose: () => { choose({ day, time: null }); } })),
    foot: () => {
      void import("./date-words.ts");
      return html`<mf-date-words tabindex="-1" .choose=${choose}></mf-date-words>`;
    },
  };
}

export function dayMenu(choose: (when: When) => void): TemplateResult {
  const { choices, foot } = dayChoices(choose);
  return html`<mf-menu class="move" label=${text.move} .choices=${choices} .foot=${foot}></mf-menu>`;
}
