// The one file you edit. Every mistake in it is named by its path when the Worker starts.
import { defineConfig } from "./src/core/define-config.ts";

export default defineConfig({
  sites: [
    {
      id: "course",
      name: "Physical AI and Robotics",
      origins: ["http://localhost:4321", "http://127.0.0.1:4322"],
    },
  ],
});
