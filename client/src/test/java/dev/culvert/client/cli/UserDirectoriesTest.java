package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UserDirectoriesTest {
  @Test
  void theShellsHomeGoesBeforeTheUserDatabases() {
    assertThat(UserDirectories.state(Map.of("HOME", "/h")))
        .isEqualTo(Path.of("/h/.local/state/culvert"));
    assertThat(UserDirectories.config(Map.of("HOME", "/h")))
        .isEqualTo(Path.of("/h/.config/culvert"));
    assertThat(UserDirectories.state(Map.of()))
        .isEqualTo(Path.of(System.getProperty("user.home"), ".local/state/culvert"));
  }

  @Test
  void theXdgVariablesGoBeforeHome() {
    Map<String, String> environment =
        Map.of("HOME", "/h", "XDG_STATE_HOME", "/s", "XDG_CONFIG_HOME", "/c");

    assertThat(UserDirectories.state(environment)).isEqualTo(Path.of("/s/culvert"));
    assertThat(UserDirectories.config(environment)).isEqualTo(Path.of("/c/culvert"));
  }
}
