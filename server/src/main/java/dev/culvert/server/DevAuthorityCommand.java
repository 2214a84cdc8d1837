package dev.culvert.server;

import dev.culvert.server.token.StateLock;
import dev.culvert.server.token.TokenStoreException;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvertd dev-ca}: the authority of development certificates, and how to trust it. */
@Command(
    name = "dev-ca",
    description = {
      "Shows the authority that vouches for the server's development certificates, and how to trust"
          + " it; makes it where there is none.",
      "For machines under development: who has its key can pose as any site to those who trust it."
    },
    mixinStandardHelpOptions = true)
final class DevAuthorityCommand implements Callable<Integer> {
  @Mixin private StateOption state = new StateOption();

  @Mixin private final CommandOutput output = new CommandOutput();

  @Override
  public Integer call() throws Exception {
    Path directory = state.path();
    try {
      PrivateFile.createDirectory(directory);
    } catch (IOException e) {
      throw StateDirectory.unusable(directory, e);
    }
    StateDirectory.requirePrivate(directory);
    print(loadOrCreate(directory), output.writer());
    return 0;
  }

  /** Reads or makes it; a server may do so at the same moment. */
  static DevAuthority loadOrCreate(Path directory) throws StartException, TokenStoreException {
    try (var _ = StateLock.take(directory)) {
      DevAuthority authority = DevAuthority.loadOrCreate(directory);
      StateDirectory.publish(authority.certificateFile());
      return authority;
    } catch (IOException e) {
      throw StartException.ofKeyFile(e, "Check the files in " + directory + ".");
    }
  }

  private static void print(DevAuthority authority, PrintWriter out) {
    String file = quoted(authority.certificateFile().toAbsolutePath());
    out.printf(
        """
        %1$s
          SHA-256      %2$s
          valid until  %3$s

        Trust it only on machines for development, and keep its key where it is. Copy the file \
        to other machines, then:

          Debian, Ubuntu     sudo cp %1$s /usr/local/share/ca-certificates/culvert-dev-ca.crt
                             sudo update-ca-certificates
          Fedora, RHEL       sudo cp %1$s /etc/pki/ca-trust/source/anchors/culvert-dev-ca.pem
                             sudo update-ca-trust
          macOS              sudo security add-trusted-cert -d -r trustRoot \\
                               -k /Library/Keychains/System.keychain %1$s
          Windows            certutil -addstore -f Root %1$s
          Chromium on Linux  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n culvert-dev-ca \\
                               -i %1$s
          Firefox            certutil -d sql:PROFILE -A -t C,, -n culvert-dev-ca -i %1$s
                             (PROFILE is in about:profiles), or Settings, Privacy & Security,
                             View Certificates, Authorities, Import
          curl               curl --cacert %1$s https://...
          culvert            culvert http 3000 --ca-file %1$s --server ...
        """,
        file, authority.fingerprint(), authority.expiresAt());
    out.flush();
  }

  /** For a shell, where the path needs it. */
  private static String quoted(Path file) {
    String text = file.toString();
    return text.matches("[\\w@%+=:,./\\\\-]+") ? text : '"' + text + '"';
  }
}
