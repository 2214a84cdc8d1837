package dev.culvert.server.acme;

import dev.culvert.tls.KeyPairFile;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Locale;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.exception.AcmeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A conversation with the authority under our account. The acme thread only.
 *
 * <p>acme4j leaves response bodies unread here and there, so the HTTP client is never waited for.
 */
final class CaSession implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(CaSession.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Session session;
  private final AcmeSettings settings;
  private final Path keyFile;
  private final Plan plan;

  CaSession(AcmeSettings settings, CaProvider provider, Path keyFile, Plan plan) {
    this.settings = settings;
    this.keyFile = keyFile;
    this.plan = plan;
    session = new Session(settings.directory(), provider);
    session.setLocale(Locale.ENGLISH);
    session.networkSettings().setTimeout(TIMEOUT);
  }

  /** Our account, made where there is none. */
  Login login() throws AcmeException, IOException {
    KeyPair key = key();
    String account = plan.account();
    if (account != null) {
      return session.login(url(account), key);
    }
    AccountBuilder builder = new AccountBuilder().agreeToTermsOfService().useKeyPair(key);
    if (settings.email() != null) {
      builder.addEmail(settings.email());
    }
    Login login = builder.createLogin(session);
    plan.setAccount(login.getAccountLocation().toString());
    logger.info(
        "the account at {} is {}; terms of service: {}",
        settings.directory(),
        login.getAccountLocation(),
        session.getMetadata().getTermsOfService().map(URI::toString).orElse("none"));
    return login;
  }

  private KeyPair key() throws IOException {
    if (Files.exists(keyFile)) {
      return KeyPairFile.read(keyFile);
    }
    KeyPair key = KeyPairFile.generate();
    KeyPairFile.write(keyFile, key);
    return key;
  }

  static URL url(String text) throws IOException {
    try {
      return URI.create(text).toURL();
    } catch (IllegalArgumentException | MalformedURLException e) {
      throw new IOException(text + ": is no URL", e);
    }
  }

  @Override
  public void close() {
    session.getHttpClient().shutdownNow();
  }
}
