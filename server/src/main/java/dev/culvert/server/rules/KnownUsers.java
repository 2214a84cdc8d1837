package dev.culvert.server.rules;

import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.tls.PasswordHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who may come in, and by which hash. Immutable but for {@link #pending}. All hashes cost the same
 * to try, and so does the one of a user who does not exist.
 */
final class KnownUsers {
  private final List<User> users;
  private final PasswordHash nobody;

  /** How many of their passwords are being looked at. */
  final AtomicInteger pending = new AtomicInteger();

  private record User(String name, PasswordHash hash) {}

  /** {@link IllegalArgumentException} where a hash is none, or costs another than the others. */
  KnownUsers(List<Credential> credentials) {
    users =
        credentials.stream()
            .map(credential ->
                new User(credential.user(), PasswordHash.parse(credential.hash().reveal())))
            .toList();
    PasswordHash first = users.getFirst().hash();
    if (users.stream().anyMatch(user -> !user.hash().costsAsMuchAs(first))) {
      throw new IllegalArgumentException(
          "password hashes: expected the same parameters and lengths in all of one tunnel");
    }
    nobody = PasswordHash.likeNone(first, new SecureRandom());
  }

  /** The hash that the password of {@code user} has to have. */
  PasswordHash hash(String user) {
    byte[] name = bytes(user);
    PasswordHash found = nobody;
    for (User known : users) {
      if (MessageDigest.isEqual(bytes(known.name()), name)) {
        found = known.hash();
      }
    }
    return found;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
