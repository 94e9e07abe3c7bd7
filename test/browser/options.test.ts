// What an owner says on the script tag, and what a page says about itself.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { environment, reader, useReader } from "./reader-test.ts";
import { installClock, readTo } from "./reading-clock.ts";

const KINEMATICS = "/control-and-planning/inverse-kinematics.html";
const PID = "/control-and-planning/pid-control.html";

useReader("crossSite");

/** Builds a page of the docs as their owner would have built it otherwise, for one test. */
async function withHtml(path: string, change: (html: string) => string): Promise<void> {
  const file = join(environment.docsFolder, path);
  const html = await readFile(file, "utf8");
  const changed = change(html);
  expect(changed).not.toBe(html);
  await writeFile(file, changed);
  onTestFinished(() => writeFile(file, html));
}
const withAttribute = (attribute: string, path = PID) =>
  withHtml(path, (html) => html.replace(' data-site="', ` ${attribute} data-site="`));
const stored = () => reader.page.evaluate(() => JSON.stringify({ ...localStorage }));

test('data-remember="always" remembers what is read without anybody having pressed anything, and asks no API', async () => {
  await installClock(reader.page);
  await withAttribute('data-remember="always"');
  await reader.visit(PID);
  await reader.guestButton().waitFor();
  await readTo(reader.page, 1);
  await reader.page.getByRole("link", { name: /PID control that behaves \(read\)/ }).waitFor();
  expect(await stored()).toContain("complete");
  expect(reader.apiRequests()).toEqual([]);
});

test("data-catalogue names where the docs have their catalogue file", async () => {
  await withAttribute('data-catalogue="../files/pages.json"');
  const folder = environment.docsFolder;
  await mkdir(join(folder, "files"));
  await copyFile(join(folder, "docent-catalogue.json"), join(folder, "files", "pages.json"));
  const asked: string[] = [];
  reader.page.on("request", (request) => {
    if (request.url().endsWith(".json")) asked.push(request.url());
  });
  await reader.visit(PID);
  await reader.pageButton("Save this page").click();
  expect((await reader.recommendations()).length).toBe(3);
  expect(new Set(asked)).toEqual(new Set([`${reader.docs}/files/pages.json`]));
});

test("a catalogue file that is missing costs a reader the list and nothing else", async () => {
  await withAttribute('data-catalogue="/nowhere.json"');
  await reader.visit(PID);
  await reader.pageButton("Save this page").click();
  await reader.pageButton("Saved").waitFor();
  await reader.page.getByText("not available right now").waitFor();
});

test('data-marks="none" leaves the navigation and the headings alone', async () => {
  await withAttribute('data-marks="none"');
  await reader.visit(PID);
  await reader.pageButton("Save this page").click();
  await reader.pageButton("Saved").waitFor();
  expect(await reader.page.locator("docent-mark").count()).toBe(0);
});

test("data-marks names the navigation", async () => {
  await withAttribute('data-marks=".steps"', KINEMATICS);
  await reader.visit(PID);
  await reader.pageButton("Save this page").click();
  await reader.pageButton("Saved").waitFor();
  await reader.visit(KINEMATICS);
  await reader.page.locator(".steps docent-mark").waitFor({ state: "attached" });
  expect(await reader.page.locator("docent-mark").count()).toBe(1);
});

test("a page that says its path in the catalogue is that page, whatever its address", async () => {
  await withHtml(PID, (html) =>
    html.replace("<head>", '<head><meta name="docent:page" content="/perception/nowhere.html">'),
  );
  await reader.visit(PID);
  await reader.pageButton("Save this page").click();
  await reader.pageButton("Saved").waitFor();
  expect(await stored()).toContain("/perception/nowhere.html");
});

test.each([
  ["Sphinx and MkDocs", '<a class="headerlink" href="#pid" title="Permanent link">¶</a>'],
  ["VitePress", '<a class="header-anchor" href="#pid" aria-label="Permalink to this page">&#8203;#</a>'],
  ["Docusaurus", '<a class="hash-link" href="#pid" aria-label="Direct link to this page">#</a>'],
  ["Starlight", '<a class="sl-anchor-link" href="#pid"><span class="sr-only">Section titled PID</span></a>'],
])("the title of a page is without the link to itself that %s puts into it", async (_generator, link) => {
  await withHtml(PID, (html) => html.replace("</h1>", `${link}</h1>`));
  await reader.visit(PID);
  await reader.pageButton("Save this page").click();
  await reader.pageButton("Saved").waitFor();
  expect(await stored()).toContain('\\"PID control that behaves\\"');
});

test("a selector that is none costs no reader anything: the default counts, and the owner is told once", async () => {
  await installClock(reader.page);
  await withAttribute('data-content="article[" data-marks="nav >> a"');
  const warnings: string[] = [];
  reader.page.on("console", (message) => {
    if (message.text().startsWith("docent")) warnings.push(`${message.type()}: ${message.text()}`);
  });
  await reader.visit(PID);
  await reader.pageButton("Save this page").click();
  await reader.pageButton("Saved").waitFor();
  await readTo(reader.page, 1);
  await reader.page.getByRole("link", { name: /PID control that behaves \(read, saved\)/ }).waitFor();
  expect(warnings.sort()).toEqual([
    'warning: docent: data-content="article[" is no CSS selector',
    'warning: docent: data-marks="nav >> a" is no CSS selector',
  ]);
  expect(reader.complaints).toEqual([]);
});
