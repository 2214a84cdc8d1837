package dev.culvert.server.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.server.acme.Ticket.TxtRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The operator's program: what it is called with, and what becomes of one that misbehaves. */
@Timeout(60)
final class DnsHookTest {
  private static final TxtRecord RECORD =
      new TxtRecord("_acme-challenge.example.com", "a b; $(touch pwned)");
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path directory;

  private DnsHook hook(Duration longest, String script) throws Exception {
    Path program = directory.resolve("hook");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return new DnsHook(program, longest);
  }

  @Test
  void itIsCalledWithItsThreeWordsAndNoShell() throws Exception {
    Path calls = directory.resolve("calls");
    DnsHook hook = hook(LONG, "printf '%s|' \"$#\" \"$@\" >> " + calls);

    hook.present(RECORD);
    hook.cleanUp(RECORD);

    assertThat(Files.readString(calls))
        .isEqualTo(
            "3|present|_acme-challenge.example.com|a b; $(touch pwned)|"
                + "3|cleanup|_acme-challenge.example.com|a b; $(touch pwned)|");
  }

  @Test
  void whatItComplainsOfIsToldInOneBoundedLine() throws Exception {
    DnsHook hook =
        hook(LONG, "echo out; printf 'no such\\nzone' >&2; yes x | head -c 100000 >&2; exit 7");

    assertThatThrownBy(() -> hook.present(RECORD))
        .isInstanceOf(IssueException.class)
        .hasMessageContaining("failed with 7: no such zone")
        .hasMessageNotContaining("\n")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
  }

  @Test
  void oneThatTakesTooLongIsKilled() throws Exception {
    Path pid = directory.resolve("pid");
    DnsHook hook = hook(Duration.ofSeconds(3), "echo $$ > " + pid + "; sleep 600 & wait");

    assertThatThrownBy(() -> hook.present(RECORD))
        .isInstanceOf(IssueException.class)
        .hasMessageContaining("took longer than 3 s");
    long id = Long.parseLong(Files.readString(pid).strip());
    ProcessHandle.of(id).ifPresent(left -> assertThat(left.onExit()).succeedsWithin(LONG));
  }

  @Test
  void oneThatIsNotThereIsTold() {
    DnsHook hook = new DnsHook(directory.resolve("missing"), LONG);

    assertThatThrownBy(() -> hook.present(RECORD))
        .isInstanceOf(IssueException.class)
        .hasMessageContaining("missing present _acme-challenge.example.com cannot be run");
  }
}
