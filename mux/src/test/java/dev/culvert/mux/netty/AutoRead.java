package dev.culvert.mux.netty;

/** Whether a channel reads by itself. */
enum AutoRead {
  ON,
  OFF
}
