package dev.culvert.client.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class LineWriterTest {
  private final StringWriter text = new StringWriter();

  private static String numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> i + "\n").collect(Collectors.joining());
  }

  /** An output that takes nothing until it is let go. */
  private final class Stalled extends Writer {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public void write(char[] characters, int offset, int length) {
      reached.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      text.write(characters, offset, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void everyLineIsWrittenInOrderAlsoAfterClose() throws Exception {
    LineWriter lines = new LineWriter(new PrintWriter(text));

    IntStream.range(0, LineWriter.MAX_LINES).forEach(i -> lines.write(Integer.toString(i)));
    lines.close();
    lines.thread().join();

    assertThat(text.toString()).isEqualToNormalizingNewlines(numbers(0, LineWriter.MAX_LINES));
  }

  @Test
  void stalledOutputHoldsNobodyUpAndLosesCountedLinesOnly() throws Exception {
    Stalled output = new Stalled();
    LineWriter lines = new LineWriter(new PrintWriter(output));
    lines.write("first");
    assertThat(output.reached.await(20, SECONDS)).isTrue();

    IntStream.range(0, LineWriter.MAX_LINES + 7).forEach(i -> lines.write(Integer.toString(i)));
    output.released.countDown();
    lines.close();
    lines.thread().join();

    assertThat(text.toString())
        .isEqualToNormalizingNewlines(
            "first\n"
                + numbers(0, LineWriter.MAX_LINES)
                + "(7 lines are missing here: they could not be written in time)\n");
  }

  @Test
  void closeGivesUpAnOutputThatStandsStill() throws Exception {
    Stalled output = new Stalled();
    LineWriter lines = new LineWriter(new PrintWriter(output));
    lines.write("first");
    assertThat(output.reached.await(20, SECONDS)).isTrue();

    lines.close();

    assertThat(lines.thread().isDaemon()).isTrue();
    assertThat(text.toString()).isEmpty();
    output.released.countDown();
    lines.thread().join();
  }

  @Test
  void closeEndsTheThreadAndWhatIsSaidAfterwardsIsDropped() throws Exception {
    LineWriter lines = new LineWriter(new PrintWriter(text));

    lines.close();
    lines.write("too late");
    lines.thread().join();

    assertThat(text.toString()).isEmpty();
  }
}
