// Every text of the demo site's own layout, in each of its languages; a missing one does not compile.
import type { Level } from "../../src/core/vocabulary.ts";
import type { Lang } from "./article.ts";

export interface PageTexts {
  direction: "ltr" | "rtl";
  siteName: string;
  lede: string;
  skip: string;
  contents: string;
  course: string;
  readFirst: string;
  /** Between two names in a list. */
  comma: string;
  previousAndNext: string;
  previous: string;
  next: string;
  /** Offers this language to a reader of another one. */
  readInThisLanguage: string;
  /** Below the list of pages, where not all are translated. */
  untranslated: string;
  footer: string;
  minutes: (count: number) => string;
  levels: Readonly<Record<Level, string>>;
  operatingSystems: Readonly<Record<string, string>>;
}

export const PAGE_TEXTS: Readonly<Record<Lang, PageTexts>> = {
  en: {
    direction: "ltr",
    siteName: "Physical AI and Robotics",
    lede: "Short lessons on robots that sense, decide and move: ROS 2, simulation, perception, control, learning and deployment.",
    skip: "Skip to the article",
    contents: "Contents",
    course: "Course",
    readFirst: "Read first:",
    comma: ", ",
    previousAndNext: "Previous and next",
    previous: "Previous",
    next: "Next",
    readInThisLanguage: "Read this in English",
    untranslated: "",
    footer: "A demo course. Its lessons are true; its school does not exist.",
    minutes: (count) => `${count} min`,
    levels: { beginner: "Beginner", intermediate: "Intermediate", advanced: "Advanced", expert: "Expert" },
    operatingSystems: { linux: "Linux", macos: "macOS", windows: "Windows" },
  },
  ur: {
    direction: "rtl",
    siteName: "فزیکل اے آئی اور روبوٹکس",
    lede: "محسوس کرنے، فیصلہ کرنے اور حرکت کرنے والے روبوٹس پر مختصر اسباق: ROS 2، سیمولیشن، ادراک، کنٹرول، مشین لرننگ اور عملی تنصیب۔",
    skip: "سیدھے مضمون پر جائیں",
    contents: "فہرست",
    course: "کورس",
    readFirst: "پہلے یہ پڑھیں:",
    comma: "، ",
    previousAndNext: "پچھلا اور اگلا سبق",
    previous: "پچھلا سبق",
    next: "اگلا سبق",
    readInThisLanguage: "یہ صفحہ اردو میں پڑھیں",
    untranslated: "باقی اسباق فی الحال صرف انگریزی میں ہیں۔",
    footer: "یہ ایک نمونے کا کورس ہے۔ اسباق سچے ہیں، اسکول فرضی ہے۔",
    minutes: (count) => `${count} منٹ`,
    levels: { beginner: "ابتدائی", intermediate: "درمیانی", advanced: "اعلیٰ", expert: "ماہرانہ" },
    operatingSystems: { linux: "Linux", macos: "macOS", windows: "Windows" },
  },
};
