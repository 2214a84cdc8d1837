package dev.culvert.mux;

import org.junit.jupiter.api.Test;

/** Runs the {@link Simulation}: {@code -Dseeds=N} runs N seeds, {@code -Dseed=S} one. */
final class SimulationTest {
  private static final int SEEDS = Integer.getInteger("seeds", 3000);

  @Test
  void everyByteArrivesOnceInOrderAndEverythingEnds() {
    Long only = Long.getLong("seed");
    for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
      try {
        new Simulation(seed).run();
      } catch (Throwable e) {
        throw new AssertionError("failed with -Dseed=" + seed, e);
      }
    }
  }
}
