package dev.culvert.mux.control;

import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.mux.control.VisitorRules.Rate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link VisitorRules} that are still being written; (NOT thread safe). */
public final class RulesDraft {
  public final List<Credential> basicAuth = new ArrayList<>();
  public boolean passAuthorization;
  public final List<String> cidrAllow = new ArrayList<>();
  public final List<String> cidrDeny = new ArrayList<>();
  public @Nullable Rate tunnelRate;
  public @Nullable Rate visitorRate;
  public int maxRequests;
  public long maxBodyBytes;
  public HeaderEdits requestHeaders = HeaderEdits.NONE;
  public HeaderEdits responseHeaders = HeaderEdits.NONE;
  public @Nullable String hostHeader;
  public boolean httpsRedirect;
  public final List<VisitorFilter> filters = new ArrayList<>();
  public boolean compress;

  /** {@link IllegalArgumentException} that says what is wrong with them, where something is. */
  public VisitorRules finished() {
    return new VisitorRules(
        basicAuth,
        passAuthorization,
        cidrAllow,
        cidrDeny,
        tunnelRate,
        visitorRate,
        maxRequests,
        maxBodyBytes,
        requestHeaders,
        responseHeaders,
        hostHeader,
        httpsRedirect,
        filters,
        compress,
        List.of());
  }
}
