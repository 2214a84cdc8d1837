package dev.culvert.bench.race;

import java.time.Duration;

/**
 * How long a load runs before it counts.
 *
 * @param usual for programs that are as fast at once as they ever get
 * @param slow for those that compile themselves while they run
 * @param slowFirst for the first load that such a one carries after its start
 */
record WarmUp(Duration usual, Duration slow, Duration slowFirst) {
  static final WarmUp FULL =
      new WarmUp(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(15));
  static final WarmUp QUICK =
      new WarmUp(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(8));

  /** After a start. */
  Duration first(Contender contender) {
    return contender.warmsUpSlowly() ? slowFirst : usual;
  }

  Duration later(Contender contender) {
    return contender.warmsUpSlowly() ? slow : usual;
  }

  @Override
  public String toString() {
    return "%d s; culvert's after %d s, and its first after a start after %d s"
        .formatted(usual.toSeconds(), slow.toSeconds(), slowFirst.toSeconds());
  }
}
