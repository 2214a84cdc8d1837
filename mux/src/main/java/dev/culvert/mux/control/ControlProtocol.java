package dev.culvert.mux.control;

import java.time.Duration;

/** The numbers both ends agree on. */
public final class ControlProtocol {
  /** Said in {@link Hello}; a server refuses what it does not speak. */
  public static final int VERSION = 1;

  /** The largest JSON message, without its length. */
  public static final int MAX_MESSAGE_BYTES = 64 * 1024;

  /** How long either end waits for Hello, Welcome, a stream's preamble or its status. */
  public static final Duration DEADLINE = Duration.ofSeconds(10);

  private ControlProtocol() {}
}
