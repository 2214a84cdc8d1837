package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of certificates, as it is found and as its files come, change and go. */
final class CertificateDirectoryTest {
  @TempDir private Path parent;
  private Path directory;
  private KeyPair keys;
  private Instant now = Instant.now();
  private final CertificateStore store = new CertificateStore(() -> now);
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void make() throws Exception {
    keys = SelfSigned.ecKeys();
    directory = Files.createDirectory(parent.resolve("certs"));
  }

  private CertificateDirectory open() throws IOException {
    return CertificateDirectory.open(directory, store, problems::add, warnings::add, () -> now);
  }

  private KeyAndChain certificate(String... names) throws Exception {
    return SelfSigned.keyAndChain(keys, now, now.plus(Duration.ofDays(30)), names);
  }

  /** Writes {@code stem.crt} and {@code stem.key}. */
  private KeyAndChain write(String stem, String... names) throws Exception {
    KeyAndChain content = certificate(names);
    content.write(directory.resolve(stem + ".crt"), directory.resolve(stem + ".key"));
    return content;
  }

  private static void twice(CertificateDirectory opened) throws IOException {
    opened.look();
    opened.look();
  }

  private void assertPresented(String name, @Nullable KeyAndChain content) {
    assertThat(store.find(name)).as(name).isEqualTo(content);
  }

  @Test
  void everyLayoutIsRead() throws Exception {
    KeyAndChain crt = write("a", "a.example");
    KeyAndChain pem = certificate("b.example");
    pem.write(directory.resolve("b.pem"), directory.resolve("b.key"));
    KeyAndChain one = certificate("c.example");
    one.write(directory.resolve("c.pem"));
    KeyAndChain live = certificate("d.example");
    Path lineage = Files.createDirectory(directory.resolve("d.example"));
    live.write(lineage.resolve("fullchain.pem"), lineage.resolve("privkey.pem"));

    open();

    assertPresented("a.example", crt);
    assertPresented("b.example", pem);
    assertPresented("c.example", one);
    assertPresented("d.example", live);
    assertThat(problems).isEmpty();
    assertThat(store.size()).isEqualTo(4);
  }

  @Test
  void otherFilesAreNoPartOfIt() throws Exception {
    Files.writeString(directory.resolve("README"), "");
    Files.writeString(directory.resolve("notes.txt"), "");
    Files.writeString(directory.resolve(".hidden.pem"), "");
    Files.createDirectories(directory.resolve("empty/live"));
    Files.createDirectory(directory.resolve("..data"));

    open();

    assertThat(problems).isEmpty();
    assertThat(store.size()).isZero();
  }

  @Test
  void badPairIsToldAtTheStartAndHoldsUpNoOther() throws Exception {
    Files.writeString(directory.resolve("a.pem"), "no PEM at all");
    Files.writeString(directory.resolve("b.key"), "alone");
    Files.createSymbolicLink(directory.resolve("c.crt"), directory.resolve("nowhere"));
    certificate("*").write(directory.resolve("d.pem"));
    Path lineage = Files.createDirectory(directory.resolve("e"));
    Files.writeString(lineage.resolve("fullchain.pem"), "");
    KeyAndChain good = write("z", "z.example");

    open();

    assertPresented("z.example", good);
    assertThat(problems).hasSize(5);
    assertThat(problems.get(0)).contains("a.pem: holds no certificate");
    assertThat(problems.get(1)).contains("b.crt: there is no such file");
    assertThat(problems.get(2)).contains("c.crt: there is no such file");
    assertThat(problems.get(3)).contains("d.pem: holds a certificate that names no host");
    assertThat(problems.get(4)).contains("fullchain.pem");
  }

  @Test
  void certificateThatHasExpiredOrSoonDoesIsWarnedOfOnceEachTimeItIsRead() throws Exception {
    now = now.truncatedTo(ChronoUnit.SECONDS);
    Instant past = now.minus(Duration.ofDays(1));
    for (int days : List.of(-1, 7, 8)) {
      writeEnding("in" + days + ".pem", days);
    }

    CertificateDirectory opened = open();
    twice(opened);

    assertThat(warnings)
        .containsExactly(
            directory.resolve("in-1.pem") + ": holds a certificate that expired on " + past,
            directory.resolve("in7.pem")
                + ": holds a certificate that expires on "
                + now.plus(Duration.ofDays(7)));
    write("in-1", "a.example");
    Files.delete(directory.resolve("in-1.pem"));
    writeEnding("in7.pem", 6);
    twice(opened);
    assertThat(warnings)
        .hasSize(3)
        .last()
        .isEqualTo(
            directory.resolve("in7.pem")
                + ": holds a certificate that expires on "
                + now.plus(Duration.ofDays(6)));
    assertThat(problems).isEmpty();
  }

  private void writeEnding(String file, int days) throws Exception {
    Instant end = now.plus(Duration.ofDays(days));
    SelfSigned.keyAndChain(keys, now.minus(Duration.ofDays(30)), end, "a.example")
        .write(directory.resolve(file));
  }

  @Test
  void changedPairIsAdopted() throws Exception {
    write("a", "a.example");
    CertificateDirectory opened = open();

    KeyAndChain next = write("a", "a.example", "b.example");
    opened.look();

    assertPresented("a.example", next);
    assertPresented("b.example", next);
    assertThat(store.size()).isOne();
  }

  @Test
  void swappedSymbolicLinksAreAChange() throws Exception {
    Path live = Files.createDirectory(directory.resolve("a.example"));
    List<KeyAndChain> versions = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      KeyAndChain version = certificate("a.example");
      version.write(
          parent.resolve("fullchain" + i + ".pem"), parent.resolve("privkey" + i + ".pem"));
      versions.add(version);
    }
    link(live, 1);
    CertificateDirectory opened = open();
    assertPresented("a.example", versions.getFirst());

    link(live, 2);
    opened.look();

    assertPresented("a.example", versions.getLast());
    assertThat(problems).isEmpty();
  }

  private void link(Path live, int version) throws IOException {
    for (String name : List.of("fullchain", "privkey")) {
      Path link = Files.createTempFile(live, ".link", "");
      Files.delete(link);
      Files.createSymbolicLink(link, parent.resolve(name + version + ".pem"));
      Files.move(link, live.resolve(name + ".pem"), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Test
  void swappedDirectoryIsAChange() throws Exception {
    KeyAndChain first = certificate("a.example");
    KeyAndChain second = certificate("a.example");
    Path one = Files.createDirectory(parent.resolve("one"));
    Path two = Files.createDirectory(parent.resolve("two"));
    first.write(one.resolve("tls.crt"), one.resolve("tls.key"));
    second.write(two.resolve("tls.crt"), two.resolve("tls.key"));
    directory = parent.resolve("link");
    Files.createSymbolicLink(directory, one);
    CertificateDirectory opened = open();
    assertPresented("a.example", first);

    Files.delete(directory);
    Files.createSymbolicLink(directory, two);
    opened.look();

    assertPresented("a.example", second);
  }

  @Test
  void badPairKeepsTheOldOneAndIsToldOncePerChange() throws Exception {
    KeyAndChain first = write("a", "a.example");
    KeyAndChain other = write("b", "b.example");
    CertificateDirectory opened = open();

    otherKey("a");
    for (int i = 0; i < 10; i++) {
      opened.look();
    }
    assertPresented("a.example", first);
    assertPresented("b.example", other);
    assertThat(problems).hasSize(1).first().asString().contains("a.crt", "does not belong");

    otherKey("a");
    for (int i = 0; i < 10; i++) {
      opened.look();
    }
    assertThat(problems).hasSize(2);

    KeyAndChain repaired = write("a", "a.example");
    opened.look();
    assertPresented("a.example", repaired);
    assertThat(problems).hasSize(2);
  }

  private void otherKey(String stem) throws Exception {
    Files.write(directory.resolve(stem + ".key"), Pem.encode(SelfSigned.ecKeys().getPrivate()));
  }

  @Test
  void pairThatIsBeingCopiedIsNotTold() throws Exception {
    write("a", "a.example");
    CertificateDirectory opened = open();
    KeyPair nextKeys = SelfSigned.ecKeys();
    KeyAndChain next =
        SelfSigned.keyAndChain(nextKeys, now, now.plus(Duration.ofDays(60)), "a.example");

    Files.write(directory.resolve("a.crt"), Pem.encode(next.chain()));
    opened.look();
    Files.write(directory.resolve("a.key"), Pem.encode(next.key()));
    twice(opened);

    assertPresented("a.example", next);
    assertThat(problems).isEmpty();
  }

  @Test
  void lostKeyKeepsThePair() throws Exception {
    KeyAndChain content = write("a", "a.example");
    CertificateDirectory opened = open();

    Files.delete(directory.resolve("a.key"));
    twice(opened);
    twice(opened);

    assertPresented("a.example", content);
    assertThat(problems).hasSize(1).first().asString().contains("a.crt", "no private key");
  }

  @Test
  void lostCertificateKeepsThePair() throws Exception {
    KeyAndChain content = certificate("a.example");
    content.write(directory.resolve("a.pem"), directory.resolve("a.key"));
    CertificateDirectory opened = open();

    Files.delete(directory.resolve("a.pem"));
    twice(opened);
    twice(opened);

    assertPresented("a.example", content);
    assertThat(problems).hasSize(1).first().asString().contains("there is no such file");
  }

  @Test
  void badPairIsTriedAgainAMinuteLaterWithoutAnotherWord() throws Exception {
    KeyAndChain content = certificate("a.example");
    Path pem = directory.resolve("a.pem");
    content.write(pem);
    byte[] good = Files.readAllBytes(pem);
    FileTime time = Files.getLastModifiedTime(pem);
    Files.write(pem, new byte[good.length]); // in place
    Files.setLastModifiedTime(pem, time);
    CertificateDirectory opened = open();

    now = now.plus(Duration.ofMinutes(1));
    opened.look();
    Files.write(pem, good);
    Files.setLastModifiedTime(pem, time);
    opened.look();
    assertPresented("a.example", null);
    now = now.plus(Duration.ofMinutes(1));
    opened.look();

    assertPresented("a.example", content);
    assertThat(problems).hasSize(1);
  }

  @Test
  void newPairIsServedAndRemovedPairIsNot() throws Exception {
    write("a", "a.example");
    CertificateDirectory opened = open();

    KeyAndChain added = write("b", "b.example");
    Files.delete(directory.resolve("a.crt"));
    Files.delete(directory.resolve("a.key"));
    opened.look();
    assertPresented("b.example", added);
    assertThat(store.find("a.example")).isNotNull(); // it may be about to be replaced

    opened.look();
    assertPresented("a.example", null);
    assertThat(store.size()).isOne();
    assertThat(problems).isEmpty();
  }

  @Test
  void pairThatComesBackIsNotTakenForGone() throws Exception {
    KeyAndChain content = write("a", "a.example");
    CertificateDirectory opened = open();
    Path away = parent.resolve("away");
    Files.createDirectory(away);

    for (int i = 0; i < 3; i++) {
      for (String file : List.of("a.crt", "a.key")) {
        Files.move(directory.resolve(file), away.resolve(file));
      }
      opened.look();
      for (String file : List.of("a.crt", "a.key")) {
        Files.move(away.resolve(file), directory.resolve(file));
      }
      opened.look();
    }

    assertPresented("a.example", content);
  }

  @Test
  void missingDirectoryKeepsEverything() throws Exception {
    KeyAndChain content = write("a", "a.example");
    CertificateDirectory opened = open();
    Path away = parent.resolve("away");

    Files.move(directory, away);
    for (int i = 0; i < 3; i++) {
      assertThatIOException().isThrownBy(opened::look).withMessageContaining("no such directory");
    }
    assertPresented("a.example", content);

    Files.move(away, directory);
    twice(opened);
    assertPresented("a.example", content);
  }

  @Test
  void directoryThatIsNoneIsRefused() throws Exception {
    Path file = Files.writeString(parent.resolve("file"), "");
    for (Path none : List.of(file, parent.resolve("missing"))) {
      directory = none;
      assertThatIOException()
          .isThrownBy(this::open)
          .withMessage(none + ": there is no such directory");
    }
  }

  @Test
  void largeDirectoryIsLookedAtInTurns() throws Exception {
    int count = CertificateDirectory.PAIRS_AT_A_LOOK + 1;
    for (int i = 0; i < count; i++) {
      write("%03d".formatted(i), i + ".example");
    }
    CertificateDirectory opened = open();
    assertThat(store.size()).isEqualTo(count);
    KeyAndChain next = write("%03d".formatted(count - 1), "last.example");

    opened.look();
    assertPresented("last.example", null);
    opened.look();
    assertPresented("last.example", next);
  }
}
