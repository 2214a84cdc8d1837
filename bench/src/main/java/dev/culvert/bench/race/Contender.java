package dev.culvert.bench.race;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A tunnel that takes part: how it is set up and started. */
interface Contender {
  /** What a tunnel knows of the bytes it carries; ratios are within a kind. */
  enum Kind {
    /** Nothing. */
    TCP,
    /** It parses requests. */
    HTTP
  }

  String name();

  Kind kind();

  /** Whether it compiles itself while it runs, so that it is warm only after seconds of load. */
  default boolean warmsUpSlowly() {
    return false;
  }

  /** Whether its client connects again by itself when the link is cut. */
  default boolean reconnects() {
    return true;
  }

  /** Why it cannot take part, such as a program that is not installed; null where it can. */
  @Nullable String obstacle();

  /** What there is to say about how it was set up, once it is prepared; empty for nothing. */
  default String fact() {
    return "";
  }

  /** Makes keys and the like, once, before any start. */
  default void prepare(Ground ground) throws IOException, InterruptedException {}

  /**
   * Starts the programs into {@code tunnel} and says where its visitors go; need not wait until
   * they can.
   *
   * @param origin the port that the tunnel makes reachable
   */
  Endpoint start(Tunnel tunnel, int origin, Link link) throws IOException, InterruptedException;
}
