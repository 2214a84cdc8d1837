package dev.culvert.client.cli;

import dev.culvert.client.local.LocalTarget;
import dev.culvert.mux.control.HeaderEdits;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.control.VisitorRules.Rate;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that say what the visitors of a web app are held to; {@link RuleSettings} tells where
 * else that may be said.
 */
final class RuleOptions {
  private static final String REWRITE = "rewrite";
  private static final String PRESERVE = "preserve";

  @Option(
      names = "--basic-auth",
      paramLabel = "USER:PASS",
      converter = ConnectionOptions.SecretText.class,
      description = {
        "Ask visitors for a name and password; repeatable. The server gets a hash of it.",
        "Other users of this machine can see it here: prefer a file, or CULVERT_BASIC_AUTH.",
        "This and the next options may stand in the configuration too, as in rate-limit = \"9/s\"."
      })
  private List<Secret> basicAuth = new ArrayList<>();

  @Option(
      names = "--basic-auth-file",
      paramLabel = "FILE",
      description = "Read lines of USER:PASS from a file.")
  private @Nullable Path basicAuthFile;

  @Option(
      names = "--basic-auth-forward",
      description = "Pass the visitor's password on to the app; without this the app sees none.")
  private boolean basicAuthForward;

  @Mixin private AddressOptions addresses = new AddressOptions();

  @Option(
      names = "--rate-limit",
      paramLabel = "N/s",
      description = "Requests of all visitors in a second (/s), minute (/m) or hour (/h).")
  private @Nullable String rateLimit;

  @Option(
      names = "--visitor-rate-limit",
      paramLabel = "N/s",
      description = "The same for each visitor's address.")
  private @Nullable String visitorRateLimit;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "Requests that may be answered at a time; a WebSocket is one while it is open.")
  private @Nullable String maxRequests;

  @Option(
      names = "--max-body",
      paramLabel = "SIZE",
      description = "The longest body of a request, such as 10MB.")
  private @Nullable String maxBody;

  @Option(
      names = "--request-header-add",
      paramLabel = "'NAME: VALUE'",
      description = "Add a header to requests; repeatable, as are the next ones.")
  private List<String> requestAdd = new ArrayList<>();

  @Option(
      names = "--request-header-set",
      paramLabel = "'NAME: VALUE'",
      description = "The same, in the place of what the visitor sent.")
  private List<String> requestSet = new ArrayList<>();

  @Option(
      names = "--request-header-remove",
      paramLabel = "NAME",
      description = "Remove a header from requests.")
  private List<String> requestRemove = new ArrayList<>();

  @Option(
      names = "--response-header-add",
      paramLabel = "'NAME: VALUE'",
      description = "Add a header to the app's responses.")
  private List<String> responseAdd = new ArrayList<>();

  @Option(
      names = "--response-header-set",
      paramLabel = "'NAME: VALUE'",
      description = "The same, in the place of what the app sent.")
  private List<String> responseSet = new ArrayList<>();

  @Option(
      names = "--response-header-remove",
      paramLabel = "NAME",
      description = "Remove a header from responses.")
  private List<String> responseRemove = new ArrayList<>();

  @Option(
      names = "--host-header",
      paramLabel = "rewrite|preserve|VALUE",
      description = {
        "The Host that the app is told: that of TARGET, what the visitor asked for (which is the"
            + " default), or another."
      })
  private @Nullable String hostHeader;

  @Option(names = "--https-redirect", description = "Send visitors who come over HTTP to HTTPS.")
  private boolean httpsRedirect;

  @Option(
      names = "--filter",
      paramLabel = "RULE",
      description = {
        "Refuse requests, or let them pass; repeatable, and the first that matches decides:",
        "'deny path /admin/** 404', 'allow query key PATTERN', 'deny header NAME PATTERN'."
      })
  private List<String> filters = new ArrayList<>();

  @Option(
      names = {"--compress", "--compression"},
      description = "Have the server compress responses for visitors who understand that.")
  private boolean compress;

  /** The rules for an app at {@code target}; {@code err} hears warnings. */
  VisitorRules rules(LocalTarget target, RuleSettings settings, PrintWriter err)
      throws UsageException {
    RulesDraft draft = new RulesDraft();
    draft.basicAuth.addAll(new PasswordSource(settings, err).credentials(basicAuth, basicAuthFile));
    try {
      addTo(draft, target, settings);
      return draft.finished();
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()), "Run culvert http --help for what is expected.");
    }
  }

  private void addTo(RulesDraft draft, LocalTarget target, RuleSettings settings)
      throws UsageException {
    draft.passAuthorization = settings.truth(basicAuthForward, "basic-auth-forward");
    if (draft.passAuthorization && draft.basicAuth.isEmpty()) {
      throw new IllegalArgumentException("--basic-auth-forward is given, and no password is");
    }
    addresses.addTo(draft, settings);
    String rate = settings.one(rateLimit, "rate-limit");
    draft.tunnelRate = rate == null ? null : Rate.parse(rate);
    String visitorRate = settings.one(visitorRateLimit, "visitor-rate-limit");
    draft.visitorRate = visitorRate == null ? null : Rate.parse(visitorRate);
    String requests = settings.one(maxRequests, "max-requests");
    draft.maxRequests = requests == null ? 0 : number(requests);
    String bytes = settings.one(maxBody, "max-body");
    draft.maxBodyBytes = bytes == null ? 0 : VisitorRules.parseBytes(bytes);
    draft.requestHeaders =
        new HeaderEdits(
            settings.all(requestRemove, "request-header-remove"),
            fields(settings.all(requestSet, "request-header-set")),
            fields(settings.all(requestAdd, "request-header-add")));
    draft.responseHeaders =
        new HeaderEdits(
            settings.all(responseRemove, "response-header-remove"),
            fields(settings.all(responseSet, "response-header-set")),
            fields(settings.all(responseAdd, "response-header-add")));
    String host = settings.one(hostHeader, "host-header");
    draft.hostHeader =
        REWRITE.equals(host) ? target.hostHeader() : PRESERVE.equals(host) ? null : host;
    draft.httpsRedirect = settings.truth(httpsRedirect, "https-redirect");
    for (String filter : settings.all(filters, "filter")) {
      draft.filters.add(VisitorFilter.parse(filter));
    }
    draft.compress = settings.truth(compress, "compress");
  }

  private static int number(String text) {
    if (!text.matches("[1-9][0-9]{0,5}")) {
      throw new IllegalArgumentException("--max-requests " + text + " (expected: 1 to 999999)");
    }
    return Integer.parseInt(text);
  }

  private static List<HeaderEdits.Field> fields(List<String> texts) {
    return texts.stream().map(HeaderEdits.Field::parse).toList();
  }
}
