// The ready-made readers of `npm start`. Their passwords are public: they live in databases made by `npm start` only.
import type { BackgroundInput } from "../src/core/background.ts";

export interface SeedReader {
  email: string;
  name: string;
  password: string;
  admin: boolean;
  /** In a few words, for the table at the end of `npm start`. */
  about: string;
  background: BackgroundInput | null;
}

export const SEED_READERS: readonly SeedReader[] = [
  {
    email: "ada@example.test",
    name: "Ada",
    password: "ada-learns-robotics",
    admin: false,
    about: "beginner, Linux, Python",
    background: {
      experienceLevel: "beginner",
      primaryDomain: "education",
      programmingLanguages: ["python"],
      softwareTools: [],
      hardwareSetup: { operatingSystem: "linux", memoryGb: 16 },
      technicalPreferences: { learningStyle: "hands-on", sessionMinutes: 20 },
    },
  },
  {
    email: "grace@example.test",
    name: "Grace",
    password: "grace-builds-robots",
    admin: false,
    about: "advanced, Linux, C++, Jetson",
    background: {
      experienceLevel: "advanced",
      primaryDomain: "robotics",
      programmingLanguages: ["c++", "python"],
      softwareTools: ["ros 2", "docker"],
      hardwareSetup: { operatingSystem: "linux", devices: ["jetson orin"], gpu: "nvidia", memoryGb: 32 },
      technicalPreferences: { learningStyle: "reading" },
    },
  },
  {
    email: "omar@example.test",
    name: "Omar",
    password: "omar-likes-simulation",
    admin: false,
    about: "intermediate, macOS, simulation",
    background: {
      experienceLevel: "intermediate",
      primaryDomain: "simulation",
      programmingLanguages: ["python"],
      softwareTools: ["mujoco", "gazebo"],
      hardwareSetup: { operatingSystem: "macos", memoryGb: 16 },
      technicalPreferences: { learningStyle: "examples" },
    },
  },
  {
    email: "admin@example.test",
    name: "Admin",
    password: "admin-of-this-machine",
    admin: true,
    about: "administrator, no background",
    background: null,
  },
];
