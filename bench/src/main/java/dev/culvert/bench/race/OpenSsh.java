package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code ssh -R} to an sshd of this user, with a host key and a login key of its own. It does not
 * connect again by itself.
 */
final class OpenSsh implements Contender {
  private static final String AES_GCM = "aes128-gcm@openssh.com";

  private final String name;
  private final List<String> options;
  private String cipher = "";

  private OpenSsh(String name, List<String> options) {
    this.name = name;
    this.options = options;
  }

  /** With the cipher that the two ends agree on by themselves. */
  static OpenSsh withDefaultCipher() {
    return new OpenSsh("ssh default", List.of());
  }

  static OpenSsh withAesGcm() {
    return new OpenSsh("ssh aes128-gcm", List.of("-c", AES_GCM));
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
    int port = Ports.free();
    try (Daemon server = ground.start(Map.of(), serving(ground, port))) {
      server.awaitListening(port);
      List<String> command = connecting(ground, port);
      command.addAll(List.of("-v", login()));
      try (Daemon client = ground.start(Map.of(), command.toArray(String[]::new))) {
        cipher = client.await("kex: server->client cipher: (\\S+)");
      }
    }
    if (!options.isEmpty() && !cipher.equals(AES_GCM)) {
      throw new IOException("its cipher is " + cipher);
    }
  }

  @Override
  public String fact() {
    return "cipher " + cipher;
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
    tunnel.server(serving(ground, port)).awaitListening(port);
    List<String> command = connecting(ground, link.to(port));
    command.addAll(List.of("-R", "127.0.0.1:" + visitors + ":127.0.0.1:" + origin, login()));
    tunnel.client(command.toArray(String[]::new));
    return Endpoint.at(visitors);
  }

  private String[] serving(Ground ground, int port) throws IOException {
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
    return new String[] {Programs.path("sshd"), "-D", "-e", "-f", config.toString()};
  }

  private List<String> connecting(Ground ground, int port) throws IOException {
    Path known =
        ground.write("known_hosts", "race " + Files.readString(Path.of(hostKey(ground) + ".pub")));
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Programs.path("ssh"), "-N", "-T", "-F", "none"));
    command.addAll(List.of("-i", loginKey(ground).toString(), "-p", Integer.toString(port)));
    command.addAll(options);
    for (String option :
        List.of(
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "ExitOnForwardFailure=yes",
            "StrictHostKeyChecking=yes",
            "HostKeyAlias=race",
            "UserKnownHostsFile=" + known)) {
      command.addAll(List.of("-o", option));
    }
    return command;
  }

  private static String login() {
    return System.getProperty("user.name") + "@127.0.0.1";
  }
}
