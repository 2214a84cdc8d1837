package dev.culvert.server.token;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that sign the tokens of one state directory: one signs, and all of them vouch for what
 * they signed. Any thread, and any number of processes at a time. A running server notices changes
 * by itself.
 */
public final class Keyset {
  /** Every key is tried for a token that names none of them. */
  private static final int MAX_KEYS = 20;

  private final Path directory;
  private final KeysetFile file;
  private final InstantSource clock;

  private Keyset(Path directory, KeysetFile file, InstantSource clock) {
    this.directory = directory;
    this.file = file;
    this.clock = clock;
  }

  /**
   * One key.
   *
   * @param signs whether new tokens are signed with it
   * @param tokens how many good tokens need it
   */
  public record SigningKey(long id, boolean signs, int tokens) {}

  /** The keyset that {@code stateDirectory} holds already. */
  public static Keyset open(Path stateDirectory, KeysetProtection protection)
      throws TokenStoreException {
    TokenStore.openExisting(stateDirectory, protection);
    return new Keyset(
        stateDirectory, new KeysetFile(stateDirectory, protection), Clock.systemUTC());
  }

  /** Whether the file is encrypted. */
  public boolean isProtected() throws TokenStoreException {
    return file.isProtected();
  }

  /** All keys, the oldest first. */
  public List<SigningKey> list() throws TokenStoreException {
    TokenKeys keys = file.read();
    List<TokenRecord> tokens = new RegistryFile(directory).read().records();
    List<SigningKey> list = new ArrayList<>();
    for (int id : keys.ids()) {
      list.add(
          new SigningKey(
              Integer.toUnsignedLong(id), id == keys.primaryId(), dependents(tokens, id)));
    }
    return list;
  }

  /** The public keys as a JSON Web Key Set, with which others can verify tokens and issue none. */
  public String publicKeys() throws TokenStoreException {
    try {
      return file.read().publicKeys();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this Java runtime cannot write public keys", e);
    }
  }

  /** Has a new key sign from now on; what the others signed stays good. */
  public SigningKey rotate() throws TokenStoreException {
    try (var _ = StateLock.take(directory)) {
      TokenKeys keys = file.read();
      if (keys.ids().size() >= MAX_KEYS) {
        throw new TokenStoreException(
            "there are " + MAX_KEYS + " keys already", "Retire those that no token needs");
      }
      TokenKeys next = keys.withNewPrimary();
      file.write(next);
      return new SigningKey(Integer.toUnsignedLong(next.primaryId()), true, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("ES256 keys cannot be made on this Java runtime", e);
    }
  }

  /**
   * Gives up a key that signs no longer and that no good token needs.
   *
   * @throws TokenStoreException also where that is not so
   */
  public void retire(long id) throws TokenStoreException {
    try (var _ = StateLock.take(directory)) {
      TokenKeys keys = file.read();
      int key = (int) id;
      if (Integer.toUnsignedLong(key) != id || !keys.ids().contains(key)) {
        throw new TokenStoreException(
            "there is no key " + id, "'culvertd keyset show' has the keys");
      }
      if (key == keys.primaryId()) {
        throw new TokenStoreException(
            "the key " + id + " signs new tokens", "Run 'culvertd keyset rotate' first");
      }
      int dependents = dependents(new RegistryFile(directory).read().records(), key);
      if (dependents > 0) {
        throw new TokenStoreException(
            dependents + " good tokens may be signed with the key " + id,
            "Replace them with 'culvertd token rotate' and let their overlap pass, or revoke them");
      }
      file.write(keys.without(key));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the keyset cannot be changed on this Java runtime", e);
    }
  }

  /** Writes the same keys under another protection. */
  public void protect(KeysetProtection protection) throws TokenStoreException {
    try (var _ = StateLock.take(directory)) {
      new KeysetFile(directory, protection).write(file.read());
    }
  }

  /** Good tokens whose text may be signed by this key. */
  private int dependents(List<TokenRecord> tokens, int key) {
    Instant now = clock.instant();
    return (int)
        tokens.stream()
            .filter(token -> token.isUsable(now))
            .filter(token ->
                token.keyId() == key
                    || token.keyId() == TokenRecord.UNKNOWN_KEY
                    || token.oldestGeneration(now) < token.generation())
            .count();
  }
}
