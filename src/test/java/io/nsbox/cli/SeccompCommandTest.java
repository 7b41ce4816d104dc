package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SeccompCommandTest {
    private static final String PROFILE = """
            {
            	"defaultAction": "SCMP_ACT_ERRNO",
            	"syscalls": [
            		{"names": ["write", "read", "execve"], "action": "SCMP_ACT_ALLOW"},
            		{"names": ["mount"], "action": "SCMP_ACT_LOG", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
            		{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 21505, "op": "SCMP_CMP_EQ"}]}
            	]
            }
            """;

    @TempDir
    private Path folder;

    private final Captured captured = new Captured();

    @BeforeEach
    void profile() throws IOException {
        Files.writeString(folder.resolve("p.json"), PROFILE);
    }

    private int run(String... args) {
        captured.reset();
        Console console = captured.console(Map.of("HOME", folder.toString()), folder, false);
        return new CommandLine(new SeccompCommand(console))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setErr(captured.usage())
                .execute(args);
    }

    private String out() {
        return captured.out();
    }

    private String err() {
        return captured.err();
    }

    @Test
    void anErrnoMayBeGivenByItsNameAsPodmanDoes() throws IOException {
        Files.writeString(folder.resolve("podman.json"), """
                {
                  "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "defaultErrno": "ENOSYS",
                  "syscalls": [
                    {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [], "comment": "", "includes": {}, "excludes": {}},
                    {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "errno": "EPERM"},
                    {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errno": "EAFNOSUPPORT"}
                  ]
                }
                """);

        assertThat(run("podman.json", "--arch", "x86_64")).isZero();

        assertThat(err()).isEmpty();
        assertThat(out()).contains("others: errno 38 (ENOSYS)\n", """

                errno 1 (EPERM) (1):
                  mount

                errno 97 (EAFNOSUPPORT) (1):
                  socket
                """);
    }

    @Test
    void aProfileIsListedByWhatHappensToTheCalls() {
        assertThat(run("p.json", "--arch", "x86_64", "--caps", "net_raw,CAP_SYS_ADMIN"))
                .isZero();

        assertThat(out()).isEqualTo("""
                        seccomp profile p.json on x86_64, Linux 5.12 or later, with CAP_NET_RAW CAP_SYS_ADMIN: 25 instructions
                        others: errno 1 (EPERM)
                        numbers above 165, newer than the profile: errno 38 (ENOSYS)

                        allow (3):
                          execve read write

                        log (1):
                          mount

                        by arguments (1):
                          ioctl: allow if arg1 == 0x5401, else errno 1 (EPERM)
                        """);
        assertThat(err()).isEmpty();
    }

    @Test
    void aSpecMayNameFilesOfTheCallersHome() throws IOException {
        Files.createDirectory(folder.resolve("specs"));
        Files.writeString(
                folder.resolve("specs/box.yaml"),
                "namespaces: [user, mount]\nuid_map: root\nmounts: [\"~/rc:/mnt\"]\nseccomp: ~/p.json\ncommand: [sh]\n");

        assertThat(run("specs/box.yaml", "--arch", "x86_64")).isZero();

        assertThat(err()).isEmpty();
        assertThat(out())
                .startsWith("seccomp profile " + folder
                        + "/p.json on x86_64, Linux 5.12 or later, with all capabilities: 25 instructions\n");
    }

    @Test
    void withoutTheCapabilityARuleDoesNotCount() {
        assertThat(run("p.json", "--arch", "aarch64", "--caps", "none")).isZero();

        assertThat(out())
                .contains("on aarch64", "with no capability", "execve read write")
                .doesNotContain("mount");
    }

    @Test
    void theFilterIsDisassembledWithNames() {
        assertThat(run("p.json", "--arch", "x86_64", "--disassemble")).isZero();

        assertThat(out())
                .contains("\nfilter:\n   0  load arch\n   1  if arch == 0xc000003e (x86_64) go to 3, else 2\n")
                .contains("if number >= 59 (execve) go to ")
                .contains("  load arg1\n")
                .contains("if arg1 == 0x5401 go to ")
                .contains("  return log\n");
    }

    @Test
    void programsGetTheSame() {
        assertThat(run("p.json", "--arch", "x86_64", "--format", "json", "--disassemble"))
                .isZero();

        JsonNode listing = JsonMapper.shared().readTree(out()).get(0);
        assertThat(listing.get("default").asString()).isEqualTo("errno 1 (EPERM)");
        assertThat(listing.get("largest").asInt()).isEqualTo(165);
        assertThat(listing.get("syscalls").get(2).toString())
                .isEqualTo("{\"name\":\"ioctl\",\"number\":16,\"action\":\"errno 1 (EPERM)\",\"conditions\":"
                        + "[{\"if\":\"arg1 == 0x5401\",\"action\":\"allow\"}]}");
        assertThat(listing.get("filter").size())
                .isEqualTo(listing.get("instructions").asInt());
    }

    @Test
    void aSpecIsListedForTheCapabilitiesThatItsCommandHas() throws IOException {
        Files.writeString(
                folder.resolve("box.yaml"), "namespaces: [user]\nuid_map: keep-id\nseccomp: p.json\ncommand: [sh]\n");
        assertThat(run("box.yaml")).isZero();
        assertThat(out()).contains("with no capability");
        Files.writeString(
                folder.resolve("box.yaml"), "namespaces: [user]\nuid_map: root\nseccomp: p.json\ncommand: [sh]\n");
        assertThat(run("box.yaml")).isZero();
        assertThat(out()).contains("with all capabilities", "mount");
    }

    @Test
    void aSpecWithoutAProfileSaysSo() throws IOException {
        Files.writeString(folder.resolve("box.yaml"), "namespaces: [user]\ncommand: [sh]\n");

        assertThat(run("box.yaml")).isEqualTo(1);
        assertThat(err()).isEqualTo("nsbox: error: box.yaml has no seccomp profile: the command is unconfined\n");
    }

    @Test
    void rulesForNewerKernelsGiveAListingEach() throws IOException {
        Files.writeString(
                folder.resolve("k.json"),
                "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_ALLOW\","
                        + " \"includes\": {\"minKernel\": \"6.1\"}}, {\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\","
                        + " \"includes\": {\"minKernel\": \"4.8\"}}]}");

        assertThat(run("k.json")).isZero();
        assertThat(out()).containsSubsequence("Linux 5.12 or later", "  read\n", "Linux 6.1 or later", "  bpf read\n");
    }

    @Test
    void problemsAreReportedAtTheirPlace() throws IOException {
        Files.writeString(folder.resolve("p.json"), PROFILE.replace("\"read\"", "\"raed\""));

        assertThat(run("p.json")).isEqualTo(1);
        assertThat(err()).contains("p.json:4:23: error: no system call is called 'raed'", "help: did you mean 'read'?");
        assertThat(run("absent.json")).isEqualTo(1);
        assertThat(err()).contains("absent.json: error: no such file");
    }

    @Test
    void anUnknownCapabilityIsWrongUsage() {
        assertThat(run("p.json", "--caps", "SYS_ADMN")).isEqualTo(2);
        assertThat(err()).contains("no capability is called 'SYS_ADMN'; did you mean 'CAP_SYS_ADMIN'?");
    }
}
