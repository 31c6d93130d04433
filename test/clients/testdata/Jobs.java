import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Does what jobs.py does, with the HttpClient of Java. */
class Jobs {
    static final Map<String, HttpClient> kept = new HashMap<>();
    static final Pattern status = Pattern.compile("\"status\":\\s*(\\d+)");

    /** A client with connections of its own, which begins with HTTP/2 as it does unless told otherwise: over plain connections it asks for an upgrade to h2c. */
    static HttpClient client(String ca) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (var file = new FileInputStream(ca)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(tls).followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(Duration.ofSeconds(30)).build();
    }

    static String post(String url, String file, String how, String ca, String[] header) throws Exception {
        var known = BodyPublishers.ofFile(Path.of(file));
        var body = how.equals("chunked") ? BodyPublishers.fromPublisher(known) : known;
        var request = HttpRequest.newBuilder(URI.create(url)).header(header[0], header[1]).timeout(Duration.ofSeconds(30)).POST(body).build();
        HttpResponse<String> answer = client(ca).send(request, BodyHandlers.ofString());
        var said = status.matcher(answer.body());
        return answer.statusCode() + " " + answer.headers().firstValue("Candor-Problem").orElse("none") + " " + (said.find() ? said.group(1) : "none");
    }

    static String get(String url, String ca, String[] header) throws Exception {
        if (!kept.containsKey(ca)) {
            kept.put(ca, client(ca));
        }
        var request = HttpRequest.newBuilder(URI.create(url)).header(header[0], header[1]).timeout(Duration.ofSeconds(30)).build();
        var answer = kept.get(ca).send(request, BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }

    public static void main(String[] none) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            var job = line.split("\t");
            for (int n = 0; n < Integer.parseInt(job[1]); n++) {
                String said;
                try {
                    var header = job[6].split(": ", 2);
                    said = job[0].equals("post") ? post(job[2], job[3], job[4], job[5], header) : get(job[2], job[5], header);
                } catch (ConnectException failure) {
                    said = "refused";
                } catch (Exception failure) {
                    said = "failed: " + failure;
                }
                System.out.println(said);
            }
        }
        System.exit(0); // clients keep threads
    }
}
