package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a listener's key when its files change. */
final class ReloadedTlsTest {
  @TempDir private Path directory;
  private DevAuthority authority;
  private Path chain;
  private Path key;
  private Instant now = Instant.parse("2026-11-23T12:00:00Z");
  private int reads;
  private ReloadedTls tls;

  @BeforeEach
  void open() throws Exception {
    authority = DevAuthority.loadOrCreate(directory.resolve("authority"));
    chain = directory.resolve("chain.pem");
    key = directory.resolve("key.pem");
    issue("a.example").write(chain, key);
    tls =
        ReloadedTls.open(
            List.of(chain, key),
            () -> {
              reads++;
              return KeyAndChain.read(chain, key);
            },
            ServerTls::https,
            () -> now);
  }

  @AfterEach
  void close() {
    tls.close();
  }

  private KeyAndChain issue(String name) {
    return authority.issue(List.of(name));
  }

  @Test
  void filesThatStayAreNotReadAgain() throws Exception {
    ServerTls first = tls.current();

    tls.reloadIfChanged();

    assertThat(tls.current()).isSameAs(first);
    assertThat(reads).isOne();
  }

  @Test
  void replacedFilesAreAdopted() throws Exception {
    ServerTls first = tls.current();

    issue("b.example").write(chain, key);
    tls.reloadIfChanged();
    ServerTls second = tls.current();
    tls.reloadIfChanged();

    assertThat(second).isNotSameAs(first).isSameAs(tls.current());
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void swappedSymbolicLinkIsAChange() throws Exception {
    Path live = directory.resolve("live");
    Path one = Files.createDirectory(directory.resolve("one"));
    Path two = Files.createDirectory(directory.resolve("two"));
    for (Path version : List.of(one, two)) {
      issue("c.example").write(version.resolve("chain.pem"), version.resolve("key.pem"));
    }
    Files.createSymbolicLink(live, one);
    List<Path> files = List.of(live.resolve("chain.pem"), live.resolve("key.pem"));
    try (ReloadedTls linked =
        ReloadedTls.open(
            files,
            () -> KeyAndChain.read(files.getFirst(), files.getLast()),
            ServerTls::https,
            () -> now)) {
      ServerTls first = linked.current();

      Files.delete(live);
      Files.createSymbolicLink(live, two);
      linked.reloadIfChanged();

      assertThat(linked.current()).isNotSameAs(first);
    }
  }

  @Test
  void badPairKeepsTheGoodOneAndIsTriedAgain() throws Exception {
    ServerTls first = tls.current();
    KeyAndChain next = issue("b.example");

    next.write(chain, directory.resolve("elsewhere.pem"));
    for (int i = 0; i < 3; i++) {
      assertThatIOException()
          .isThrownBy(tls::reloadIfChanged)
          .withMessageContaining("does not belong");
    }
    assertThat(tls.current()).isSameAs(first);

    next.write(chain, key);
    tls.reloadIfChanged();
    assertThat(tls.current()).isNotSameAs(first);
  }

  @Test
  void missingFileKeepsTheGoodPair() throws Exception {
    ServerTls first = tls.current();

    Files.delete(key);

    assertThatIOException().isThrownBy(tls::reloadIfChanged).withMessageContaining("key.pem");
    assertThat(tls.current()).isSameAs(first);
  }

  @Test
  void changeThatTheFileSystemHidesIsSeenAMinuteLater() throws Exception {
    ServerTls first = tls.current();
    FileTime time = Files.getLastModifiedTime(chain);
    long length = Files.size(chain) + Files.size(key);
    KeyAndChain next;
    do { // of the same size
      next = issue("b.example");
    } while (length != Pem.encode(next.chain()).length + Pem.encode(next.key()).length);
    Files.write(chain, Pem.encode(next.chain())); // in place
    Files.write(key, Pem.encode(next.key()));
    Files.setLastModifiedTime(chain, time);
    Files.setLastModifiedTime(key, time);

    now = now.plus(Duration.ofMinutes(1));
    tls.reloadIfChanged();

    assertThat(tls.current()).isNotSameAs(first);
  }

  @Test
  void replacedContextLivesUntilTheNextLook() throws Exception {
    ServerTls first = tls.current();
    issue("b.example").write(chain, key);

    tls.reloadIfChanged();
    ReferenceCountUtil.release(
        first.newHandler(UnpooledByteBufAllocator.DEFAULT).engine()); // whoever asked a moment ago

    tls.reloadIfChanged();
    assertThatIllegalStateException()
        .isThrownBy(() -> first.newHandler(UnpooledByteBufAllocator.DEFAULT));
  }

  @Test
  void afterClosingNothingIsReadOrMade() throws Exception {
    tls.close();
    issue("b.example").write(chain, key);

    tls.reloadIfChanged();

    assertThat(reads).isOne();
  }
}
