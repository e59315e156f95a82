// The long drills, of `scripts/test --all`: the same stack, other files.
import { defineConfig } from "vitest/config";
import tests from "./vitest.config.ts";

// A drill tries again and again for one account.
process.env["LOGIN_RATE_PER_ADDRESS"] = "1000000/60";
process.env["LOGIN_RATE_PER_EMAIL"] = "1000000/60";
process.env["MAIL_RATE_PER_EMAIL"] = "1000000/60";

export default defineConfig({ test: { ...tests.test, include: ["*.drill.ts"], testTimeout: 1_200_000 } });
