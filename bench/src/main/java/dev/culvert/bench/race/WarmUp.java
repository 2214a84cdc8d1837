package dev.culvert.bench.race;

import java.time.Duration;

/**
 * How long a load runs before it counts, and a tunnel rests.
 *
 * @param usual for programs that are as fast at once as they ever get
 * @param slow for those that compile themselves while they run
 * @param slowFirst for the first load that such a one carries after its start
 * @param settling until what an idle tunnel holds counts: in a full race long enough for it to give
 *     back what only its start needed
 */
record WarmUp(Duration usual, Duration slow, Duration slowFirst, Duration settling) {
  static final WarmUp FULL =
      new WarmUp(
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofSeconds(8));
  static final WarmUp QUICK =
      new WarmUp(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(8),
          Duration.ofSeconds(1));

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
