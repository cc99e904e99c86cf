// Written by guard: it judges what OpenCode's tools are about to do.
import { spawn } from "node:child_process"

const COMMAND = GUARD_COMMAND
const LIMIT = 30_000

function ask(request) {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", COMMAND], { stdio: ["pipe", "pipe", "ignore"] })
    const timer = setTimeout(() => {
      child.kill("SIGKILL")
      reject(new Error("guard: not run: guard gave no answer in time"))
    }, LIMIT)
    let answer = ""
    child.stdout.on("data", (part) => (answer += part))
    child.stdin.on("error", () => {})
    child.on("error", (error) => reject(new Error("guard: not run: " + error.message)))
    child.on("close", () => {
      clearTimeout(timer)
      try {
        const given = JSON.parse(answer)
        if (given.decision === "allow") resolve(given)
        else reject(new Error(given.reason || "guard: not run"))
      } catch {
        reject(new Error("guard: not run: guard gave no answer that can be read"))
      }
    })
    child.stdin.end(JSON.stringify(request))
  })
}

export const Guard = async ({ directory }) => ({
  "tool.execute.before": async (input, output) => {
    const answer = await ask({ tool: input.tool, args: output.args, cwd: directory })
    if (answer.args) Object.assign(output.args, answer.args)
  },
})
