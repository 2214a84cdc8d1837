package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certificates that were issued, from one start to the next. */
final class IssuedCertificatesTest {
  @TempDir private Path state;
  private Path directory;
  private IssuedCertificates issued;
  private final List<String> problems = new ArrayList<>();

  @BeforeEach
  void name() {
    directory = state.resolve("certificates");
    issued = new IssuedCertificates(directory);
  }

  private static KeyAndChain certificate(String... names) throws Exception {
    return SelfSigned.keyAndChain(
        SelfSigned.ecKeys(), Instant.now(), Instant.now().plus(Duration.ofDays(1)), names);
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    KeyAndChain one = certificate("a.example", "b.example");
    KeyAndChain two = certificate("*.example");

    issued.write(one);
    issued.write(two);

    assertThat(new IssuedCertificates(directory).read(problems::add))
        .containsExactlyInAnyOrder(one, two);
    assertThat(problems).isEmpty();
  }

  @Test
  void filesAreNamedByTheFirstHostAndPrivate() throws Exception {
    issued.write(certificate("*.example.test", "example.test"));

    Path file = directory.resolve("_wildcard.example.test.pem");
    assertThat(file).isEqualTo(issued.file("*.example.test"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void renewedCertificateReplacesTheFormer() throws Exception {
    KeyAndChain renewed = certificate("a.example");
    issued.write(certificate("a.example", "b.example"));

    issued.write(renewed);

    assertThat(issued.read(problems::add)).containsExactly(renewed);
  }

  @Test
  void whatCannotBeReadIsToldAndHoldsUpNoOther() throws Exception {
    KeyAndChain good = certificate("a.example");
    issued.write(good);
    issued.write(certificate("shared.example"));
    Files.setPosixFilePermissions(
        issued.file("shared.example"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(issued.file("damaged.example"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
    Files.setPosixFilePermissions(
        issued.file("damaged.example"), PosixFilePermissions.fromString("rw-------"));
    certificate("*").write(issued.file("nameless"));

    assertThat(issued.read(problems::add)).containsExactly(good);
    assertThat(problems)
        .hasSize(3)
        .anySatisfy(problem -> assertThat(problem).contains("shared.example", "chmod 600"))
        .anySatisfy(problem -> assertThat(problem).contains("damaged.example"))
        .anySatisfy(problem -> assertThat(problem).contains("nameless", "names no host"));
  }

  @Test
  void noDirectoryIsNoCertificates() throws Exception {
    assertThat(issued.read(problems::add)).isEmpty();
    assertThat(directory).doesNotExist();
  }

  @Test
  void certificateWithoutANameIsNotKept() {
    assertThatIllegalArgumentException().isThrownBy(() -> issued.write(certificate("*")));
    assertThat(directory).doesNotExist();
  }
}
