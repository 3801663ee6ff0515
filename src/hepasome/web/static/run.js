// One run: its progress and what can be done with it.
import "./runs.js";
