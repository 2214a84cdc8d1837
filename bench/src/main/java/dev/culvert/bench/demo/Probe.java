package dev.culvert.bench.demo;

/** One check of what a visitor can do with the sample app. Used for one run only. */
interface Probe {
  String name();

  /** Sets the check going; it ends when the run is told that it passed or failed. */
  void start(ProbeRun run);

  /** How far the check has come, for the reason of a failure. Any thread. */
  String progress();
}
