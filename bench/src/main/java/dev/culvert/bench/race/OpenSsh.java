package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code ssh -R} to an sshd of this user, with a host key and a login key of its own. It does not
 * connect again by itself.
 */
final class OpenSsh implements Contender {
  private final String name;
  private final List<String> cipher;

  private OpenSsh(String name, String... cipher) {
    this.name = name;
    this.cipher = Arrays.asList(cipher);
  }

  /** With the cipher that the two ends agree on by themselves. */
  static OpenSsh withDefaultCipher() {
    return new OpenSsh("ssh default");
  }

  static OpenSsh withAesGcm() {
    return new OpenSsh("ssh aes128-gcm", "-c", "aes128-gcm@openssh.com");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Kind kind() {
    return Kind.TCP;
  }

  @Override
  public boolean reconnects() {
    return false;
  }

  @Override
  public @Nullable String obstacle() {
    return Programs.missing("ssh", "sshd", "ssh-keygen");
  }

  @Override
  public void prepare(Ground ground) throws IOException, InterruptedException {
    for (Path key : List.of(hostKey(ground), loginKey(ground))) {
      ground.run(
          Programs.path("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
    }
  }

  private Path hostKey(Ground ground) {
    return ground.file(name.replace(' ', '-') + "-host-key");
  }

  private Path loginKey(Ground ground) {
    return ground.file(name.replace(' ', '-') + "-login-key");
  }

  @Override
  public Endpoint start(Tunnel tunnel, int origin, Link link)
      throws IOException, InterruptedException {
    Ground ground = tunnel.ground();
    int port = Ports.free();
    int visitors = Ports.free();
    Path config =
        ground.write(
            "sshd_config",
            """
            Port %d
            ListenAddress 127.0.0.1
            HostKey %s
            AuthorizedKeysFile %s.pub
            PidFile none
            StrictModes no
            UsePAM no
            PubkeyAuthentication yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            AllowTcpForwarding remote
            PermitTTY no
            """
                .formatted(port, hostKey(ground), loginKey(ground)));
    tunnel.server(Programs.path("sshd"), "-D", "-e", "-f", config.toString()).awaitListening(port);
    Path known =
        ground.write("known_hosts", "race " + Files.readString(Path.of(hostKey(ground) + ".pub")));
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(Programs.path("ssh"), "-N", "-T", "-F", "none", "-i", loginKey(ground).toString()));
    command.addAll(cipher);
    for (String option :
        List.of(
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "ExitOnForwardFailure=yes",
            "StrictHostKeyChecking=yes",
            "HostKeyAlias=race",
            "UserKnownHostsFile=" + known)) {
      command.add("-o");
      command.add(option);
    }
    command.addAll(
        List.of(
            "-p",
            Integer.toString(link.to(port)),
            "-R",
            "127.0.0.1:" + visitors + ":127.0.0.1:" + origin,
            System.getProperty("user.name") + "@127.0.0.1"));
    tunnel.client(command.toArray(String[]::new));
    return Endpoint.at(visitors);
  }
}
