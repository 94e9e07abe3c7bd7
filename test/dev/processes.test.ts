// A program that npm start runs is heard, and stopped with all its children.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Program, startProgram } from "../../dev/processes.ts";
import { scratchFolder } from "./scratch-folder.ts";

function run(script: string, onLine: (line: string) => void = () => {}): { program: Program; logFile: string } {
  const logFile = join(scratchFolder(), "log");
  const program = startProgram({
    command: process.execPath,
    args: ["--eval", script],
    cwd: process.cwd(),
    env: process.env,
    logFile,
    onLine,
  });
  return { program, logFile };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" })
      .once("connect", () => resolve(true))
      .once("error", () => resolve(false));
    onTestFinished(() => void socket.destroy());
  });
}

test("its output is given line by line, kept in the log, and its end is told", async () => {
  const heard: string[] = [];
  const { program, logFile } = run("console.log('one\\ntwo'); console.error('three'); process.exitCode = 3", (line) =>
    heard.push(line),
  );
  expect(await program.ended).toBe("ended with code 3");
  expect(heard.sort()).toEqual(["one", "three", "two"]);
  expect(program.lastLines().sort()).toEqual(["one", "three", "two"]);
  await expect.poll(() => readFileSync(logFile, "utf8").split("\n").sort()).toEqual(["", "one", "three", "two"]);
});

test("stopping it stops its children too, also one that will not listen", async () => {
  const child = `process.on("SIGTERM", () => {});
    const server = require("node:net").createServer().listen(0, "127.0.0.1", () => console.log(server.address().port))`;
  let port = 0;
  const { program } = run(
    `const child = require("node:child_process").spawn(process.execPath, ["--eval", ${JSON.stringify(child)}],
       { stdio: ["ignore", "pipe", "ignore"] });
     child.stdout.pipe(process.stdout);`,
    (line) => {
      port = Number(line);
    },
  );
  await expect.poll(() => port).toBeGreaterThan(0);
  expect(await answers(port)).toBe(true);
  await program.stop();
  expect(await program.ended).toBe("was ended by SIGTERM");
  // Killed, it is gone as soon as the system gets to it.
  await expect.poll(() => answers(port)).toBe(false);
});

test("when it dies by itself, its children do not keep it from being noticed", async () => {
  const { program } = run(
    `require("node:child_process").spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
     setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);`,
  );
  expect(await program.ended).toBe("was ended by SIGKILL");
});

test("a command that does not exist is an end, not a crash", async () => {
  const program = startProgram({
    command: join(scratchFolder(), "no-such-command"),
    args: [],
    cwd: process.cwd(),
    env: process.env,
    logFile: join(scratchFolder(), "log"),
    onLine: () => {},
  });
  expect(await program.ended).toContain("could not be started");
  await program.stop();
});

test("its log is open before it runs, so that nothing can come between, whatever happens to the folder", async () => {
  const { program, logFile } = run("console.log('one')");
  expect(existsSync(logFile)).toBe(true);
  rmSync(dirname(logFile), { recursive: true });
  expect(await program.ended).toBe("ended with code 0");
  expect(program.lastLines()).toEqual(["one"]);
});
