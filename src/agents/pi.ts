// Written by guard: it judges what pi's tools are about to do.
import { spawn } from "node:child_process";

const COMMAND = GUARD_COMMAND;
const LIMIT = 30_000;

function ask(request: unknown): Promise<any> {
	return new Promise((resolve) => {
		const refuse = (reason: string) => resolve({ decision: "deny", reason });
		const child = spawn("/bin/sh", ["-c", COMMAND], { stdio: ["pipe", "pipe", "ignore"] });
		const timer = setTimeout(() => {
			child.kill("SIGKILL");
			refuse("guard: not run: guard gave no answer in time");
		}, LIMIT);
		let answer = "";
		child.stdout.on("data", (part) => (answer += part));
		child.stdin.on("error", () => {});
		child.on("error", (error) => refuse("guard: not run: " + error.message));
		child.on("close", () => {
			clearTimeout(timer);
			try {
				resolve(JSON.parse(answer));
			} catch {
				refuse("guard: not run: guard gave no answer that can be read");
			}
		});
		child.stdin.end(JSON.stringify(request));
	});
}

export default function (pi: any) {
	pi.on("tool_call", async (event: any, ctx: any) => {
		const answer = await ask({ tool: event.toolName, args: event.input, cwd: ctx.cwd });
		if (answer.decision !== "allow") return { block: true, reason: answer.reason || "guard: not run" };
		if (answer.args) Object.assign(event.input, answer.args);
		return undefined;
	});
}
