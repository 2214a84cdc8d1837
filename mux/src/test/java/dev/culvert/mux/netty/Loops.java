package dev.culvert.mux.netty;

/** How many event loops two parties share. */
enum Loops {
  ONE,
  TWO
}
