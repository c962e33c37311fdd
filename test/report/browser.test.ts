import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cellFormat } from "../../src/domain/report/format-cell.ts";
import { REPORT_SECTIONS } from "../../src/domain/report/model.ts";
import { toDocument } from "../../src/domain/report/to-document.ts";
import { renderHtml } from "../../src/reports/html/page.ts";
import { findChromium } from "./chromium.ts";
import { group, HOSTILE_TEXTS, sampleReport } from "./sample-report.ts";

const executablePath = findChromium();
/** In CI a browser can be installed: there its absence is a failure. */
const isCi = process.env["CI"] === "true";

describe.skipIf(executablePath === undefined && !isCi)(
  "the HTML report in a browser (skipped: no chromium on PATH)",
  { timeout: 60_000 },
  () => {
    let browser: Browser;
    let folder: string;
    beforeAll(async () => {
      if (executablePath === undefined)
        throw new Error("Install chromium: apt-get install chromium");
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
      folder = mkdtempSync(join(tmpdir(), "report-page-"));
    });
    afterAll(async () => {
      await browser?.close();
      if (folder !== undefined) rmSync(folder, { recursive: true });
    });

    /** Opens a report with every hostile text in it, and watches what it does. */
    async function open(colorScheme: "light" | "dark"): Promise<{
      readonly page: Page;
      readonly complaints: string[];
      readonly requests: string[];
    }> {
      const shown = HOSTILE_TEXTS.map((name) => group({ name, score: 0.5 }));
      const report = sampleReport(HOSTILE_TEXTS.join(" "), { accounts: { shown, more: 2 } });
      const file = join(folder, `${colorScheme}.html`);
      writeFileSync(file, renderHtml(toDocument(report, REPORT_SECTIONS), cellFormat("de-DE")));
      const page = await browser.newPage({ colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("dialog", (dialog) => complaints.push(dialog.message()));
      page.on("request", (request) => requests.push(request.url()));
      const address = pathToFileURL(file).href;
      await page.goto(address);
      await page.waitForLoadState("networkidle");
      return { page, complaints, requests: requests.filter((url) => url !== address) };
    }

    test.each(["light", "dark"] as const)(
      "asks for nothing, runs nothing and complains of nothing (%s)",
      async (scheme) => {
        const { page, complaints, requests } = await open(scheme);
        expect(complaints).toEqual([]);
        expect(requests).toEqual([]);
        expect(await page.locator("script, img, iframe, form, main a").count()).toBe(0);
        const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
        expect(background).toBe(scheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)");
      },
    );

    test("its own policy lets the style in and nothing else", async () => {
      const { page, complaints } = await open("light");
      await page.evaluate("document.body.setAttribute('onclick', 'document.title = \"run\"')");
      await page.locator("h1").click();
      expect(await page.title()).toBe("Tag compliance report");
      expect(complaints.join(" ")).toMatch(/Content Security Policy/);
    });

    test("every section and table can be reached without seeing it", async () => {
      const { page } = await open("light");
      const headings = await page.getByRole("heading", { level: 2 }).count();
      expect(headings).toBe(REPORT_SECTIONS.length);
      for (const link of await page.getByRole("navigation").getByRole("link").all())
        expect(await page.locator((await link.getAttribute("href")) ?? "none").count()).toBe(1);
      const tables = await page.locator("table").count();
      expect(await page.locator("table > caption").count()).toBe(tables);
      expect(await page.locator("thead th:not([scope=col])").count()).toBe(0);
      const images = await page.getByRole("img").all();
      expect(images.length).toBeGreaterThan(1);
      for (const image of images) expect(await image.getAttribute("aria-label")).not.toBe("");
    });

    test("on paper it is black on white, without navigation", async () => {
      const { page } = await open("dark");
      await page.emulateMedia({ media: "print", colorScheme: "light" });
      expect(await page.getByRole("navigation").isVisible()).toBe(false);
      expect(await page.evaluate("getComputedStyle(document.body).color")).toBe("rgb(0, 0, 0)");
      expect((await page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
    });

    test("is no wider than a telephone", async () => {
      const { page } = await open("light");
      await page.setViewportSize({ width: 390, height: 800 });
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width).toBe(390);
    });
  },
);
