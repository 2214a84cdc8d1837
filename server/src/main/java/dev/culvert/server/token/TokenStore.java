package dev.culvert.server.token;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.route.Permissions;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one state directory: issues, lists and revokes them. Any thread, and any number of
 * processes at a time; every call reads the registry file afresh. Changes wait for {@code
 * tokens.lock}: not for an event loop.
 */
public final class TokenStore {
  /** In the state directory: the keys that sign tokens. */
  public static final String KEYSET_FILE = "token-keyset.json";

  private static final Duration MIN_LIFETIME = Duration.ofSeconds(1);
  private static final Duration MAX_LIFETIME = Duration.ofDays(36_500);
  private static final int ID_BYTES = 16;

  private final Path directory;
  private final KeysetFile keyset;
  private final RegistryFile file;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  private TokenStore(Path directory, KeysetFile keyset, RegistryFile file, InstantSource clock) {
    this.directory = directory;
    this.keyset = keyset;
    this.file = file;
    this.clock = clock;
  }

  /** The store in {@code stateDirectory}; makes the directory and signing keys at first use. */
  public static TokenStore open(Path stateDirectory) throws TokenStoreException {
    return open(stateDirectory, new KeysetProtection.None(), Clock.systemUTC());
  }

  /** As {@link #open(Path)}, with the time of {@code clock}. */
  public static TokenStore open(Path stateDirectory, InstantSource clock)
      throws TokenStoreException {
    return open(stateDirectory, new KeysetProtection.None(), clock);
  }

  /** As {@link #open(Path)}; keys that were not encrypted so far are from now on. */
  public static TokenStore open(
      Path stateDirectory, KeysetProtection protection, InstantSource clock)
      throws TokenStoreException {
    try {
      PrivateFile.createDirectory(stateDirectory);
    } catch (IOException e) {
      throw new TokenStoreException(
          stateDirectory + ": the state directory cannot be made: " + FileFailure.reason(e),
          "Give another one with --state",
          e);
    }
    requirePrivate(stateDirectory);
    RegistryFile file = new RegistryFile(stateDirectory);
    KeysetFile keyset = new KeysetFile(stateDirectory, protection);
    readOrCreate(keyset, file, stateDirectory);
    if (!(protection instanceof KeysetProtection.None) && !keyset.isProtected()) {
      try (var _ = StateLock.take(stateDirectory)) {
        keyset.write(keyset.read());
      }
    }
    file.read();
    return new TokenStore(stateDirectory, keyset, file, clock);
  }

  /** The store that {@code stateDirectory} holds already; nothing is made, and no key is read. */
  public static TokenStore openExisting(Path stateDirectory) throws TokenStoreException {
    return openExisting(stateDirectory, new KeysetProtection.None());
  }

  /** As {@link #openExisting(Path)}, for what takes the keys. */
  public static TokenStore openExisting(Path stateDirectory, KeysetProtection protection)
      throws TokenStoreException {
    if (!Files.isDirectory(stateDirectory)) {
      throw new TokenStoreException(
          stateDirectory + ": there is no such state directory",
          "Give the server's with --state or CULVERTD_STATE");
    }
    requirePrivate(stateDirectory);
    KeysetFile keyset = new KeysetFile(stateDirectory, protection);
    RegistryFile file = new RegistryFile(stateDirectory);
    boolean isEmpty = file.read().isEmpty();
    if (keyset.isMissing() && isEmpty) {
      throw new TokenStoreException(
          stateDirectory + ": no token was ever created here",
          "Give the server's state directory with --state or CULVERTD_STATE");
    }
    if (keyset.isMissing()) {
      throw lost(keyset, file);
    }
    return new TokenStore(stateDirectory, keyset, file, Clock.systemUTC());
  }

  private static void requirePrivate(Path directory) throws TokenStoreException {
    String permissions;
    try {
      permissions = PrivateFile.sharedPermissions(directory);
    } catch (IOException e) {
      throw new TokenStoreException(
          directory + ": cannot be looked at: " + FileFailure.reason(e),
          "Check the directory and its owner",
          e);
    }
    if (permissions != null) {
      throw new TokenStoreException(
          directory + ": others than its owner may use the state directory (" + permissions + ")",
          "Run chmod 700 on it, and replace keys and tokens if someone may have read them");
    }
  }

  /**
   * A new token with {@link Permissions#STANDARD} that does not expire.
   *
   * @throws TokenStoreException also when {@code name} is not a host-name label in lower case, or
   *     an unrevoked token has it
   */
  public IssuedToken create(String name) throws TokenStoreException {
    return create(name, Permissions.STANDARD, null);
  }

  /**
   * A new token that allows what {@code permissions} says.
   *
   * @param lifetime when it is refused, counted in whole seconds; null for never
   */
  public IssuedToken create(String name, Permissions permissions, @Nullable Duration lifetime)
      throws TokenStoreException {
    if (!TokenName.isValid(name)) {
      throw new TokenStoreException(
          "token name: " + TokenName.quoted(name), "Choose " + TokenName.RULE);
    }
    try (var _ = StateLock.take(directory)) {
      Registry registry = file.read();
      if (registry.unrevokedByName(name) != null) {
        throw new TokenStoreException(
            "there is a token \"" + name + "\" already",
            "Choose another name, or revoke it first with 'culvertd token revoke " + name + "'");
      }
      Instant now = now();
      TokenKeys keys = keyset.read();
      TokenRecord record =
          TokenRecord.issued(
              newId(), name, permissions, keys.primaryId(), now, expiry(now, lifetime));
      IssuedToken issued = sign(keys, record, now);
      file.writeLonger(registry.plus(record, now));
      return issued;
    }
  }

  /**
   * Gives the token with this id, or the unrevoked one with this name, a new text. The one before
   * stays good for {@code overlap}, and none older than that.
   *
   * @param lifetime when the new text is refused, counted in whole seconds from now; null for never
   */
  public IssuedToken rotate(String idOrName, Duration overlap, @Nullable Duration lifetime)
      throws TokenStoreException {
    if (overlap.isNegative() || overlap.compareTo(MAX_LIFETIME) > 0) {
      throw new TokenStoreException("overlap: " + overlap, "Choose one of 0 seconds to 36500 days");
    }
    try (var _ = StateLock.take(directory)) {
      Registry registry = file.read();
      TokenRecord record = find(registry, idOrName);
      if (record.isRevoked()) {
        throw new TokenStoreException(
            "the token \"" + record.name() + "\" was revoked", "Create a new one instead");
      }
      Instant now = now();
      TokenKeys keys = keyset.read();
      TokenRecord rotated =
          record.rotated(keys.primaryId(), now.plus(overlap), expiry(now, lifetime));
      IssuedToken issued = sign(keys, rotated, now);
      file.writeLonger(registry.with(rotated));
      return issued;
    }
  }

  private static @Nullable Instant expiry(Instant now, @Nullable Duration lifetime)
      throws TokenStoreException {
    if (lifetime == null) {
      return null;
    }
    if (lifetime.compareTo(MIN_LIFETIME) < 0 || lifetime.compareTo(MAX_LIFETIME) > 0) {
      throw new TokenStoreException(
          "token lifetime: " + lifetime, "Choose one of 1 second to 36500 days");
    }
    return now.plus(lifetime).truncatedTo(ChronoUnit.SECONDS);
  }

  private IssuedToken sign(TokenKeys keys, TokenRecord record, Instant now)
      throws TokenStoreException {
    String text;
    try {
      text = keys.sign(record, now);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the signing key of " + directory + " does not sign", e);
    }
    if (text.length() > TokenVerifier.MAX_TOKEN_CHARS) {
      throw new TokenStoreException(
          "the token would be "
              + text.length()
              + " characters long, of at most "
              + TokenVerifier.MAX_TOKEN_CHARS,
          "List fewer names, domains and ports, or use patterns such as shop-*");
    }
    return new IssuedToken(record, new Secret(text));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** All records, revoked and expired ones too, oldest first. */
  public List<TokenRecord> list() throws TokenStoreException {
    return file.read().records();
  }

  /** How many tokens are good now: neither revoked nor expired. */
  public int countUsable() throws TokenStoreException {
    Instant now = clock.instant();
    return (int) list().stream().filter(token -> token.isUsable(now)).count();
  }

  /** Whether the keys that sign are encrypted at rest. */
  public boolean isProtected() throws TokenStoreException {
    return keyset.isProtected();
  }

  /** Whether no token was ever issued; revoked ones count as issued. */
  public boolean isEmpty() throws TokenStoreException {
    return file.read().isEmpty();
  }

  /**
   * Revokes the token with this id, or the unrevoked one with this name, and returns its record. A
   * token revoked before, named by its id, stays as it is.
   */
  public TokenRecord revoke(String idOrName) throws TokenStoreException {
    try (var _ = StateLock.take(directory)) {
      Registry registry = file.read();
      TokenRecord record = find(registry, idOrName);
      if (record.isRevoked()) {
        return record;
      }
      TokenRecord revoked = record.revoked(now());
      file.write(registry.with(revoked));
      return revoked;
    }
  }

  /**
   * Has the token allow what {@code permissions} says, from now on and on live sessions too.
   *
   * @throws TokenStoreException also when that is more than it allows so far
   */
  public TokenRecord narrow(String idOrName, Permissions permissions) throws TokenStoreException {
    try (var _ = StateLock.take(directory)) {
      Registry registry = file.read();
      TokenRecord record = find(registry, idOrName);
      if (!record.permissions().covers(permissions)) {
        throw new TokenStoreException(
            "the token \"" + record.name() + "\" does not allow all of that so far",
            "A token can only be narrowed; create another one that allows more");
      }
      TokenRecord narrowed = record.narrowed(permissions);
      file.writeLonger(registry.with(narrowed));
      return narrowed;
    }
  }

  /** The token with this id, or the unrevoked one with this name. */
  public TokenRecord find(String idOrName) throws TokenStoreException {
    return find(file.read(), idOrName);
  }

  private static TokenRecord find(Registry registry, String idOrName) throws TokenStoreException {
    TokenRecord record = registry.byId(idOrName);
    if (record == null) {
      record = registry.unrevokedByName(idOrName);
    }
    if (record == null) {
      throw new TokenStoreException(
          "no unrevoked token has the name or id " + TokenName.quoted(idOrName),
          "'culvertd token list' shows them");
    }
    return record;
  }

  KeysetFile keyset() {
    return keyset;
  }

  RegistryFile file() {
    return file;
  }

  InstantSource clock() {
    return clock;
  }

  private String newId() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static void readOrCreate(KeysetFile keyset, RegistryFile registry, Path directory)
      throws TokenStoreException {
    if (!keyset.isMissing()) {
      keyset.read();
      return;
    }
    try (var _ = StateLock.take(directory)) {
      if (!keyset.isMissing()) {
        keyset.read();
      } else if (registry.read().isEmpty()) {
        keyset.create();
      } else {
        throw lost(keyset, registry);
      }
    }
  }

  private static TokenStoreException lost(KeysetFile keyset, RegistryFile registry) {
    return new TokenStoreException(
        keyset.path() + ": missing, though " + registry.path() + " lists tokens it signed",
        "Restore it from a backup; or move the registry away and create new tokens");
  }
}
