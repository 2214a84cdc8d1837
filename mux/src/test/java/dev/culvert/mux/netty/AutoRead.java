package dev.culvert.mux.netty;

/** Whether a channel reads by itself. */
public enum AutoRead {
  ON,
  OFF
}
