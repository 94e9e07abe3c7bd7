// How terms are shown that catalogues and answers spell in lower case. Pure.
import { canonicalTerm } from "./vocabulary.ts";

/** Separated, because the browser pays for every quotation mark. */
const NAMES =
  "Linux|macOS|Windows|Python|C++|C#|JavaScript|TypeScript|Java|Go|Rust|Bash|XML|SQL|HTML|CSS|Git|Docker|Kubernetes|VS Code|Jupyter|NumPy|PyTorch|TensorFlow|OpenCV|ONNX|ONNX Runtime|TensorRT|CUDA|Gazebo|MuJoCo|Isaac Sim|RViz|MoveIt|Nav2|SLAM|URDF|PID|MPC|Apple silicon";
/** The same, and inside a longer term too: there they mean nothing else. */
const ANYWHERE = "NVIDIA|Jetson|Orin|Nano|Xavier|Raspberry Pi|Arduino|TurtleBot|GPU|CPU|RTX|USB|IMU|ROS 2";

const SPELLING: ReadonlyMap<string, string> = new Map(
  `${NAMES}|${ANYWHERE}`.split("|").map((name) => [name.toLowerCase(), name]),
);
const INSIDE = new RegExp(`\\b(${ANYWHERE.toLowerCase()})\\b`, "g");

/** A name for a term that a page or a reader spells as `label`; the label itself where none is known. */
export function termName(label: string, canonical = canonicalTerm(label)): string {
  const known = SPELLING.get(canonical);
  if (known !== undefined || label !== label.toLowerCase()) return known ?? label;
  return label.replace(INSIDE, (name) => SPELLING.get(name) ?? name);
}
