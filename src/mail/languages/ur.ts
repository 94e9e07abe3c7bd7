// What every mail says, in Urdu.
import type { MailTexts } from "./mail-texts.ts";

const notYou =
  "اگر یہ آپ نہیں تھے تو کوئی اور آپ کے اکاؤنٹ تک پہنچ سکتا ہے: فوراً اپنے اکاؤنٹ کے صفحے پر نیا پاس ورڈ رکھیں۔";
const nothingToDo = "اگر یہ آپ ہی تھے تو کچھ کرنے کی ضرورت نہیں۔";
const ignore = "اگر آپ نے یہ نہیں مانگا تھا تو اس میل کو نظر انداز کر دیں: لنک کے بغیر کچھ نہیں ہوتا۔";
const toAccount = "اپنے اکاؤنٹ پر جائیں";

const good = (minutes: number) =>
  minutes >= 120
    ? `یہ لنک ایک بار، ${Math.round(minutes / 60)} گھنٹے کے اندر کام کرتا ہے۔`
    : `یہ لنک ایک بار، ${minutes} منٹ کے اندر کام کرتا ہے۔`;

export const ur: MailTexts = {
  dir: "rtl",
  orCopy: "یا یہ پتہ اپنے براؤزر میں لکھیں:",
  why: (site) => `یہ میل آپ کو اس لیے ملی کہ ${site} کے ایک اکاؤنٹ کے لیے یہ پتہ دیا گیا تھا۔`,

  "verify-address": (site, { minutes }) => ({
    subject: `${site} کے لیے اپنے پتے کی تصدیق کریں`,
    before: [`تصدیق کریں کہ یہ آپ کا پتہ ہے، تاکہ آپ ${site} کے اپنے اکاؤنٹ میں ہمیشہ واپس آ سکیں۔`],
    action: "پتے کی تصدیق کریں",
    after: [good(minutes), ignore],
  }),
  "magic-link": (site, { minutes }) => ({
    subject: `${site} میں سائن اِن کرنے کا آپ کا لنک`,
    before: [`اس لنک سے آپ ${site} میں پاس ورڈ کے بغیر سائن اِن کرتے ہیں۔`],
    action: "سائن اِن کریں",
    after: [good(minutes), "یہ کسی کو نہ دیں: جس کے پاس یہ ہو وہ آپ کے اکاؤنٹ میں داخل ہو سکتا ہے۔", ignore],
  }),
  "magic-link-sign-up": (site, { minutes }) => ({
    subject: `${site} میں سائن اِن کرنے کا آپ کا لنک`,
    before: [`اس پتے سے ${site} کا ابھی کوئی اکاؤنٹ نہیں۔ یہ لنک اکاؤنٹ بناتا ہے اور آپ کو سائن اِن کرتا ہے۔`],
    action: "اکاؤنٹ بنائیں",
    after: [good(minutes), ignore],
  }),
  "reset-password": (site, { minutes }) => ({
    subject: `${site} کے لیے نیا پاس ورڈ رکھیں`,
    before: [
      `اس لنک سے آپ ${site} کے لیے نیا پاس ورڈ رکھتے ہیں۔ پھر اکاؤنٹ میں جو بھی سائن اِن ہے وہ سائن آؤٹ ہو جاتا ہے۔`,
    ],
    action: "نیا پاس ورڈ رکھیں",
    after: [good(minutes), ignore],
  }),
  "confirm-change": (site, { minutes, address }) => ({
    subject: `کیا ${site} کے لیے آپ کا پتہ بدلنا ہے؟`,
    before: [
      `کوئی جو ${site} کے آپ کے اکاؤنٹ میں سائن اِن ہے اسے دوسرے پتے پر لے جانا چاہتا ہے: ${address}`,
      "اس کی تصدیق یہاں کریں، اور اس میل سے بھی جو دوسرے پتے پر گئی ہے۔",
    ],
    action: "تبدیلی کی تصدیق کریں",
    after: [good(minutes), "اگر یہ آپ نہیں تھے تو تصدیق نہ کریں اور نیا پاس ورڈ رکھیں: کوئی اور آپ کے اکاؤنٹ میں ہے۔"],
  }),
  "confirm-address": (site, { minutes, address }) => ({
    subject: `${site} کے لیے اپنے نئے پتے کی تصدیق کریں`,
    before: [
      `${site} کا ایک اکاؤنٹ اس پتے پر لایا جانا ہے۔ ابھی اس کا پتہ یہ ہے: ${address}`,
      "اگر یہ آپ کا اکاؤنٹ ہے تو اس میں سائن اِن رہتے ہوئے تصدیق کریں۔",
    ],
    action: "پتے کی تصدیق کریں",
    after: [good(minutes), "اگر یہ آپ کا اکاؤنٹ نہیں تو اس میل کو نظر انداز کر دیں: پھر اسے آپ کا پتہ نہیں ملتا۔"],
  }),

  "account-exists": (site) => ({
    subject: `${site} کا آپ کا اکاؤنٹ پہلے سے موجود ہے`,
    before: [
      `کسی نے یہ پتہ ${site} کے ایک اکاؤنٹ کے لیے استعمال کرنا چاہا۔ اکاؤنٹ پہلے سے موجود ہے اور کچھ نہیں بدلا۔`,
      "اگر یہ آپ تھے تو سائن اِن کریں؛ پاس ورڈ بھول گئے ہوں تو وہیں نیا رکھیں۔",
    ],
    action: toAccount,
    after: ["اگر یہ آپ نہیں تھے تو کچھ کرنے کی ضرورت نہیں۔"],
  }),
  "proof-code": (site, { code, minutes }) => ({
    subject: `${site} کے لیے آپ کا کوڈ`,
    before: [`یہ دکھانے کے لیے کہ یہ آپ ہیں، ${site} کے اپنے اکاؤنٹ کے صفحے پر یہ کوڈ لکھیں:`, code],
    after: [`یہ ایک بار، ${minutes} منٹ کے اندر کام کرتا ہے۔ یہ کسی کو نہ دیں، چاہے وہ کچھ بھی کہے۔`, notYou],
  }),
  "account-deleted": (site) => ({
    subject: `${site} کا آپ کا اکاؤنٹ حذف ہو گیا`,
    before: [`${site} کا آپ کا اکاؤنٹ اور اس میں محفوظ سب کچھ حذف ہو گیا۔ آپ ہر جگہ سائن آؤٹ ہیں۔`],
    after: ["جو آپ اپنے براؤزر میں رکھتے ہیں وہ وہیں ہے۔ اگر یہ آپ نہیں تھے تو دستاویزات کے مالک کو بتائیں۔"],
  }),
  inactive: (site, { date }) => ({
    subject: `کیا آپ ${site} کا اپنا اکاؤنٹ اب بھی استعمال کرتے ہیں؟`,
    before: [
      `${site} کے آپ کے اکاؤنٹ میں عرصے سے کسی نے سائن اِن نہیں کیا۔ ${date} کو یہ سب کچھ سمیت حذف کر دیا جائے گا۔`,
      "اسے رکھنے کے لیے اس سے پہلے سائن اِن کریں۔",
    ],
    action: "اکاؤنٹ رکھیں",
    after: [],
  }),

  "password-changed": (site) => ({
    subject: `${site} کے لیے آپ کا پاس ورڈ بدل گیا`,
    before: [`${site} کے آپ کے اکاؤنٹ کا پاس ورڈ ابھی بدلا گیا ہے۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
  "password-set": (site) => ({
    subject: `${site} کے آپ کے اکاؤنٹ کا اب پاس ورڈ ہے`,
    before: [
      `${site} کے آپ کے اکاؤنٹ کے لیے ابھی پاس ورڈ رکھا گیا ہے۔ یہ سائن اِن کا ایک اور طریقہ ہے۔`,
      nothingToDo,
      notYou,
    ],
    action: toAccount,
    after: [],
  }),
  "password-reset": (site) => ({
    subject: `${site} کے لیے آپ کا پاس ورڈ نیا رکھا گیا`,
    before: [
      `${site} کے آپ کے اکاؤنٹ کے لیے ابھی نیا پاس ورڈ رکھا گیا، ایک لنک سے جو اس پتے پر بھیجا گیا تھا۔ سب سائن آؤٹ ہو گئے۔`,
      nothingToDo,
      "اگر یہ آپ نہیں تھے تو کوئی اور آپ کی میل پڑھتا ہے: پہلے اپنا میل باکس محفوظ کریں، پھر نیا پاس ورڈ رکھیں۔",
    ],
    action: toAccount,
    after: [],
  }),
  "second-factor-enabled": (site) => ({
    subject: `${site} کے لیے دو مرحلوں والا سائن اِن چالو ہے`,
    before: [`اب سے ${site} کے آپ کے اکاؤنٹ میں سائن اِن پر آپ کی ایپ کا کوڈ بھی مانگا جائے گا۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
  "second-factor-disabled": (site) => ({
    subject: `${site} کے لیے دو مرحلوں والا سائن اِن بند ہے`,
    before: [`${site} کے آپ کے اکاؤنٹ میں سائن اِن پر اب کوڈ نہیں مانگا جاتا۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
  "backup-codes-made": (site) => ({
    subject: `${site} کے لیے نئے بیک اپ کوڈ`,
    before: [`${site} کے آپ کے اکاؤنٹ کے لیے نئے بیک اپ کوڈ بنائے گئے۔ پرانے اب کسی کام کے نہیں۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
  "backup-code-used": (site) => ({
    subject: `${site} کے لیے ایک بیک اپ کوڈ استعمال ہوا`,
    before: [`${site} کے آپ کے اکاؤنٹ کا ایک بیک اپ کوڈ ابھی استعمال ہوا۔ وہ ختم ہو گیا۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
  "passkey-added": (site) => ({
    subject: `${site} کے آپ کے اکاؤنٹ میں ایک پاس کی شامل ہوئی`,
    before: [`${site} کے آپ کے اکاؤنٹ کی ایک نئی پاس کی ہے۔ یہ سائن اِن کا ایک اور طریقہ ہے۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
  "passkey-removed": (site) => ({
    subject: `${site} کے آپ کے اکاؤنٹ سے ایک پاس کی ہٹائی گئی`,
    before: [`${site} کے آپ کے اکاؤنٹ کی ایک پاس کی ہٹا دی گئی۔ اب اس سے سائن اِن نہیں ہوتا۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
  "address-verified": (site) => ({
    subject: `${site} کے لیے آپ کے پتے کی تصدیق ہو گئی`,
    before: [
      `${site} کے آپ کے اکاؤنٹ کے پتے کی تصدیق ایک لنک سے ہوئی جو اسی پتے پر بھیجا گیا تھا۔`,
      "اس سے پہلے کسی نے نہیں دکھایا تھا کہ یہ پتہ اس کا ہے۔ اس لیے جو پاس ورڈ، سیشن یا کوئی اور طریقہ دوبارہ نہیں دکھایا گیا وہ ہٹا دیا گیا۔",
      nothingToDo,
    ],
    action: toAccount,
    after: [],
  }),
  "address-changed": (site, { address }) => ({
    subject: `${site} کے لیے آپ کا پتہ بدل گیا`,
    before: [
      `${site} کے آپ کے اکاؤنٹ کا پتہ اب یہ ہے: ${address}`,
      nothingToDo,
      "اگر یہ آپ نہیں تھے تو فوراً دستاویزات کے مالک کو بتائیں۔",
    ],
    after: [],
  }),
  "method-linked": (site, { method }) => ({
    subject: `${method} کو ${site} کے آپ کے اکاؤنٹ سے جوڑا گیا`,
    before: [`اب آپ ${method} سے ${site} کے اپنے اکاؤنٹ میں سائن اِن کر سکتے ہیں۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
  "method-unlinked": (site, { method }) => ({
    subject: `${method} کو ${site} کے آپ کے اکاؤنٹ سے الگ کیا گیا`,
    before: [`اب ${method} سے ${site} کے آپ کے اکاؤنٹ میں سائن اِن نہیں ہوتا۔`, nothingToDo, notYou],
    action: toAccount,
    after: [],
  }),
};
