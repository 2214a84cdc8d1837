package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log has of chores that fail, of which there are two a second. */
final class HousekeepingTest {
  private final List<LogRecord> logged = new ArrayList<>();
  private final Handler handler = new Recorder();
  private final Logger logger = Logger.getLogger(Housekeeping.class.getName());
  private final Housekeeping housekeeping = new Housekeeping();
  private @Nullable RuntimeException failure;
  private int laterRuns;

  @BeforeEach
  void record() {
    logger.addHandler(handler);
    housekeeping.add("writing", this::work).add("sweeping", () -> laterRuns++);
  }

  @AfterEach
  void stop() throws Exception {
    logger.removeHandler(handler);
    housekeeping.stop(20);
  }

  private void work() {
    if (failure != null) {
      throw failure;
    }
  }

  private static UncheckedIOException cannotWrite(IOException cause) {
    return new UncheckedIOException("cannot write leases.json", cause);
  }

  @Test
  void choresRunTwiceASecond() {
    assertThat(Housekeeping.PERIOD_MILLIS).isBetween(1L, 500L);
  }

  @Test
  void summariesAreMadeEveryTenSeconds() {
    List<String> summaries = new ArrayList<>();
    housekeeping.addSummary("summing up", () -> summaries.add("sum"));

    for (int i = 0; i < 19; i++) {
      housekeeping.runAll();
    }
    assertThat(summaries).isEmpty();
    for (int i = 0; i < 21; i++) {
      housekeeping.runAll();
    }

    assertThat(summaries).hasSize(2);
  }

  @Test
  void failureIsLoggedOnceWithoutItsStackHoweverLongItLasts() {
    for (int i = 0; i < 10; i++) {
      failure = cannotWrite(new NoSuchFileException("leases.json." + i));
      housekeeping.runAll();
    }

    assertThat(logged).hasSize(1);
    assertThat(logged.getFirst().getThrown()).isNull();
    assertThat(logged.getFirst().getMessage())
        .isEqualTo("writing fails and is tried again: cannot write leases.json: it is not there");
    assertThat(laterRuns).isEqualTo(10);
  }

  @Test
  void anotherCauseAndTheEndOfTheFailureAreLogged() {
    failure = cannotWrite(new NoSuchFileException("leases.json"));
    housekeeping.runAll();
    failure = cannotWrite(new IOException("no space left"));
    housekeeping.runAll();
    failure = null;
    housekeeping.runAll();
    housekeeping.runAll();

    assertThat(logged).extracting(LogRecord::getMessage).hasSize(3);
    assertThat(logged.get(1).getMessage()).endsWith("no space left");
    assertThat(logged.get(2).getMessage()).isEqualTo("writing works again");
  }

  private final class Recorder extends Handler {
    @Override
    public void publish(LogRecord record) {
      logged.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
