package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.PrivateFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvertd dev-ca}: what it makes, prints and refuses. */
final class DevAuthorityCommandTest {
  @TempDir private Path directory;
  private Path state;

  @BeforeEach
  void name() {
    state = directory.resolve("state");
  }

  private CommandLineRun run() {
    return CommandLineRun.in(state, "dev-ca");
  }

  @Test
  void makesTheAuthorityAndSaysWhereItIsAndHowToTrustIt() throws Exception {
    CommandLineRun run = run();

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    Path file = state.resolve("dev-ca.pem");
    assertThat(run.out().lines().findFirst()).contains(file.toString());
    assertThat(run.out())
        .contains(
            DevAuthority.loadOrCreate(state).fingerprint(),
            "sudo cp " + file + " /usr/local/share/ca-certificates/culvert-dev-ca.crt",
            "update-ca-certificates",
            "update-ca-trust",
            "security add-trusted-cert",
            "certutil -addstore -f Root " + file,
            ".pki/nssdb",
            "Firefox",
            "curl --cacert " + file,
            "--ca-file " + file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
        .isEqualTo("rwx------");
  }

  @Test
  void showsTheSameAuthorityTheNextTime() {
    CommandLineRun first = run();

    assertThat(run()).isEqualTo(first);
  }

  @Test
  void showsTheAuthorityOfARunningServer() throws Exception {
    ServerConfig local = ServerConfig.local(state);
    try (CulvertServer server =
        CulvertServer.start(local.withHttps(local.tunnelAddress()).withThreads(1))) {
      assertThat(server.hasDevelopmentCertificate()).isTrue();
      byte[] made = Files.readAllBytes(state.resolve("dev-ca.pem"));

      assertThat(run().exitCode()).isZero();
      assertThat(state.resolve("dev-ca.pem")).hasBinaryContent(made);
    }
  }

  @Test
  void keyIsNotPrinted() throws Exception {
    CommandLineRun run = run();

    List<String> key = Files.readAllLines(state.resolve("dev-ca-key.pem"));
    assertThat(key.getFirst()).contains("PRIVATE KEY");
    for (String line : key) {
      assertThat(run.out()).doesNotContain(line);
    }
    assertThat(run.out().toLowerCase(Locale.ROOT)).doesNotContain("private key");
  }

  @Test
  void pathWithABlankIsQuoted() {
    state = directory.resolve("my state");

    assertThat(run().out()).contains("curl --cacert \"" + state.resolve("dev-ca.pem") + "\"");
  }

  @Test
  void whatCannotBeUsedIsTold() throws Exception {
    PrivateFile.createDirectory(state);
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));
    run().assertTold(2, "others than its owner may use the state directory", "Run chmod 700");
    assertThat(state).isEmptyDirectory();

    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(state.resolve("dev-ca-key.pem"), "");
    run().assertTold(2, "dev-ca.pem: is missing beside", "Restore it");

    state = Files.writeString(directory.resolve("file"), "");
    run().assertTold(2, state + ": the state directory cannot be used", "--state");
  }
}
