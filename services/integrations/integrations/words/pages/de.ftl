# Die Seite für Entwickler, die etwas anbinden.
catalogue-title = Ereignisse und Webhooks
catalogue-heading = Ereignisse der Partner, in Ihr System gesendet
catalogue-lead = Nennen Sie uns eine Adresse, und wir senden Ihnen jedes Ereignis, das Sie sehen dürfen: signiert, tagelang wiederholt und erneut, wann immer Sie es wünschen.
catalogue-token = Holen Sie sich beim Betriebsteam ein Token; es bestimmt, welche Ereignisse und Partner Sie sehen dürfen.
catalogue-endpoint = Legen Sie einen Endpunkt mit Ihrer Adresse an und bewahren Sie das Geheimnis auf, das einmal angezeigt wird.
catalogue-test = Senden Sie sich ein Testereignis und sehen Sie, was Ihr System geantwortet hat.
catalogue-api = Zur Beschreibung der API
