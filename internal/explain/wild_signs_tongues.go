package explain

// tongueClues are the same failures as systems and browsers tell them in German, French, Spanish, Italian, Portuguese, Russian, Chinese and Japanese.
var tongueClues = []clue{
	{`verbindung(saufbau)? (verweigert|abgelehnt)|verbindung verweigerte|connexion refus|conexi.n (rehusada|rechazada|denegada)|connessione rifiutata|conex.o recusada|соединении отказано|отказано в соединении|拒绝(了)?连接|连接被拒绝|拒絕連線|接続(が|を)?拒否`, chances{"port-closed": 85}},
	{`verbindung (wurde )?([^\n]{0,30} )?zur.ckgesetzt|connexion r.-?initialis|conexi.n (reinicializada|restablecida)|connessione (interrotta|ripristinata)|соединение (разорвано|сброшено)|强迫关闭|连接被重置|接続がリセット`, chances{"connection-cut": 80, "idle-connection-race": 10}},
	{`zeit.berschreitung|zeitlimit|d.lai [^\n]{0,20}(d.pass|expir)|tiempo de espera|tempo (di attesa )?scaduto|tempo limite|истекло время|время ожидания|超时|逾時|タイムアウト`, chances{"slow-answer": 70, "upstream-slow": 12}},
	{`dienst nicht bekannt|nicht aufgel.st|namensaufl.sung|host ist unbekannt|kein solcher host|nom ou service inconnu|h.te inconnu|nombre o servicio desconocido|host sconosciuto|неизвестный (узел|хост)|不知道这样的主机|未知的名称|名前またはサービス`, chances{"name-not-found": 88}},
	{`keine route zum|netzwerk ist nicht erreichbar|aucun chemin d|r.seau n.est pas accessible|no hay ruta|red (es )?inaccesible|没有到主机的路由|网络不可达|нет маршрута|ホストへのルートがありません`, chances{"no-route": 85}},
	{`(zertifikat|certificat|certificado|certificat.|сертификат|证书|証明書)[^\n]{0,60}(abgelaufen|expir|caducad|vencid|scadut|истек|过期|期限)`, chances{"certificate-expired": 82, "clock-skew": 10}},
	{`(zertifikat|certificat|certificado|certificat.|сертификат|证书|証明書)[^\n]{0,60}(nicht vertrau|unbekannt|nicht (.berpr|gepr|verifiz)|non (approuv|attendibil)|no (es )?(de )?confian|не (является )?довер|不受信任|信頼)`, chances{"certificate-untrusted": 78}},
	{`(token|sitzung|session|sesi.n|sessione|сессия|令牌|トークン)[^\n]{0,40}(abgelaufen|expir|caducad|scadut|истек|过期|期限切れ)`, chances{"token-ended": 55, "jwt-expired": 25}},
	{`keine (zugangs|anmelde)daten|anmeldedaten (fehlen|nicht)|nicht (angemeldet|authentifiziert)|non authentifi|no autenticad|non autenticat|não autenticad|не авторизован|未授权|未登录|認証(が)?必要`, chances{"token-not-sent": 55, "token-ended": 15}},
	{`zugriff (wurde )?verweigert|acc.s (refus|interdit|non autoris)|acceso (denegado|prohibido)|accesso negato|acesso negado|доступ запрещ|拒绝访问|アクセスが拒否`, chances{"policy-denies": 35, "scope-missing": 30, "firewall-rule": 12}},
	{`zu viele (anfragen|versuche)|trop de requ.tes|demasiadas (peticiones|solicitudes)|troppe richieste|muitas (requisi|solicita)|слишком много запросов|请求(过多|太频繁|过于频繁)|リクエストが多すぎ`, chances{"burst-limit": 82}},
	{`nicht gefunden|introuvable|no (se ha )?encontrad|non trovat|não encontrad|не найден|找不到|未找到|見つかりません`, chances{"resource-unknown": 30, "route-unknown": 22}},
}
