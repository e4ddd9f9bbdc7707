//! What agents read, but for three texts about files, which customers read, too. A new text is a row here.

/// Hands the rows that it gets, and its own, to the macro that makes the table.
macro_rules! for_agents {
    ($last:ident $($rows:tt)*) => { $last! { $($rows)*
    ConversationClosed "conversation_closed" to Agent off false with [] {
        "The agent wrote into a conversation that was closed."
        "A mensagem não foi entregue: a conversa já foi encerrada."
        "The message was not delivered: the conversation is already closed."
        "El mensaje no fue entregado: la conversación ya está cerrada."
    }
    ConversationSuperseded "conversation_superseded" to Agent off false with [] {
        "The agent wrote, and the customer is in another conversation."
        "A mensagem não foi entregue: o cliente voltou em outra conversa."
        "The message was not delivered: the customer came back in another conversation."
        "El mensaje no fue entregado: el cliente volvió en otra conversación."
    }
    CustomerWithBot "customer_with_bot" to Agent off false with [] {
        "The agent wrote, and the customer is with the bot again."
        "A mensagem não foi entregue: o cliente está de novo com o bot."
        "The message was not delivered: the customer is with the bot again."
        "El mensaje no fue entregado: el cliente está de nuevo con el bot."
    }
    ChannelRefused "channel_refused" to Agent off false with [] {
        "The customer's channel refused a message."
        "A mensagem não foi entregue: o canal do cliente a recusou."
        "The message was not delivered: the customer's channel refused it."
        "El mensaje no fue entregado: el canal del cliente lo rechazó."
    }
    CustomerRefused "customer_refused" to Agent off false with [Status] {
        "The helpdesk refused a message of the customer."
        "Uma mensagem do cliente não chegou a este ticket: o sistema a recusou (HTTP {status}). O cliente foi avisado."
        "A message of the customer did not reach this ticket: the helpdesk refused it (HTTP {status}). The customer has been told."
        "Un mensaje del cliente no llegó a este ticket: el sistema lo rechazó (HTTP {status}). El cliente fue avisado."
    }
    Parked "parked" to Agent off false with [] {
        "A message of the customer is parked."
        "Uma mensagem do cliente não pôde ser processada e está guardada. Quem cuida da integração foi avisado."
        "A message of the customer could not be processed and is kept aside. Whoever looks after the integration has been told."
        "Un mensaje del cliente no pudo procesarse y está guardado. Quien cuida la integración fue avisado."
    }
    ParkedAgent "parked_agent" to Agent off false with [] {
        "A message of the agent is parked."
        "O que você enviou não pôde ser processado e está guardado. Quem cuida da integração foi avisado."
        "What you sent could not be processed and is kept aside. Whoever looks after the integration has been told."
        "Lo que usted envió no pudo procesarse y está guardado. Quien cuida la integración fue avisado."
    }
    NotReturned "not_returned" to Agent off false with [] {
        "Blip refused to take the customer back."
        "O cliente não pôde ser devolvido ao bot: a Blip recusou. O que ele disser a seguir abre uma nova conversa."
        "The customer could not be sent back to the bot: Blip refused. What the customer says next opens a new conversation."
        "El cliente no pudo volver al bot: Blip lo rechazó. Lo que diga a continuación abre una nueva conversación."
    }
    OwnUser "own_user" to Agent off false with [] {
        "The agent wrote as the user of the integration."
        "A mensagem não foi entregue: ela foi escrita com o usuário da integração. Escreva com o seu próprio usuário."
        "The message was not delivered: it was written as the user of the integration. Please write as yourself."
        "El mensaje no fue entregado: fue escrito con el usuario de la integración. Escriba con su propio usuario."
    }
    FileTooLarge "file_too_large" to Agent off false with [Limit] {
        "A file is larger than the limit, in megabytes. Read by customers, too."
        "O arquivo não foi entregue: ele é maior que {limit} MB."
        "The file was not delivered: it is larger than {limit} MB."
        "El archivo no fue entregado: es mayor que {limit} MB."
    }
    FileRefused "file_refused" to Agent off false with [] {
        "A file is a program. Read by customers, too."
        "O arquivo não foi entregue: por segurança, programas não são repassados."
        "The file was not delivered: for safety, programs are not passed on."
        "El archivo no fue entregado: por seguridad, no se reenvían programas."
    }
    FileUnavailable "file_unavailable" to Agent off false with [] {
        "A file could not be fetched. Read by customers, too."
        "O arquivo não foi entregue: não foi possível buscá-lo."
        "The file was not delivered: it could not be fetched."
        "El archivo no fue entregado: no fue posible obtenerlo."
    }
    NoticeOpened "notice_opened" to Agent off false with [] {
        "The customer opened the chat and wrote nothing."
        "O cliente abriu a conversa e ainda não escreveu nada."
        "The customer opened the chat and has not written anything yet."
        "El cliente abrió la conversación y aún no ha escrito nada."
    }
    NoticeNumber "notice_number" to Agent off false with [Number] {
        "The customer has another number."
        "O cliente trocou de número. O novo é {number}."
        "The customer has changed numbers. The new one is {number}."
        "El cliente cambió de número. El nuevo es {number}."
    }
    NoticeNumberUnknown "notice_number_unknown" to Agent off false with [] {
        "The customer has another number, which is not told."
        "O cliente trocou de número."
        "The customer has changed numbers."
        "El cliente cambió de número."
    }
    NoticeIdentity "notice_identity" to Agent off false with [] {
        "The customer's identity on the channel has changed."
        "A identidade do cliente no canal mudou: pode ser outro aparelho ou outra pessoa."
        "The customer's identity on the channel has changed: it may be another phone or another person."
        "La identidad del cliente en el canal cambió: puede ser otro aparato u otra persona."
    }
    NoticeEdited "notice_edited" to Agent off false with [] {
        "The customer edited a message, which follows."
        "O cliente editou uma mensagem. Agora ela diz:"
        "The customer edited a message. It now reads:"
        "El cliente editó un mensaje. Ahora dice:"
    }
    NoticeEditedUnknown "notice_edited_unknown" to Agent off false with [] {
        "The customer edited a message, which is not told."
        "O cliente editou uma mensagem."
        "The customer edited a message."
        "El cliente editó un mensaje."
    }
    NoticeDeleted "notice_deleted" to Agent off false with [] {
        "The customer deleted a message."
        "O cliente apagou uma mensagem."
        "The customer deleted a message."
        "El cliente borró un mensaje."
    }
    NoticeUnsupported "notice_unsupported" to Agent off false with [Kind] {
        "The customer sent what the channel does not pass on."
        "O cliente enviou algo que o canal não repassa{kind}."
        "The customer sent something that the channel does not pass on{kind}."
        "El cliente envió algo que el canal no transmite{kind}."
    }
    NoticeOther "notice_other" to Agent off false with [Words] {
        "Another notice of the channel."
        "Aviso do canal: {words}"
        "Notice of the channel: {words}"
        "Aviso del canal: {words}"
    }
    RouteQueue "route_queue" to Agent off true with [Queue] {
        "First note: where the conversation went."
        "Fila: {queue}."
        "Queue: {queue}."
        "Fila: {queue}."
    }
    RoutePriority "route_priority" to Agent off true with [Priority] {
        "First note: its priority."
        "Prioridade: {priority}."
        "Priority: {priority}."
        "Prioridad: {priority}."
    }
    RouteByContext "route_by_context" to Agent off true with [] {
        "First note: the bot named the queue."
        "Motivo: o bot escolheu a fila."
        "Reason: the bot chose the queue."
        "Motivo: el bot eligió la fila."
    }
    RouteByRule "route_by_rule" to Agent off true with [Rule] {
        "First note: which route matched."
        "Motivo: regra \"{rule}\"."
        "Reason: route \"{rule}\"."
        "Motivo: regla \"{rule}\"."
    }
    RouteByTicket "route_by_ticket" to Agent off true with [] {
        "First note: the ticket of Blip names the queue."
        "Motivo: a fila do ticket do Blip."
        "Reason: the queue of the Blip ticket."
        "Motivo: la fila del ticket de Blip."
    }
    RouteByDefault "route_by_default" to Agent off true with [] {
        "First note: no route matched."
        "Motivo: nenhuma regra se aplica; vale o padrão."
        "Reason: no route applies, so the default does."
        "Motivo: no se aplica ninguna regla; vale el valor por defecto."
    }
    RouteUnknownQueue "route_unknown_queue" to Agent off false with [Name] {
        "First note: the bot named a queue that the rules do not have."
        "A fila \"{name}\", pedida pelo bot, não existe nas regras do serviço."
        "The queue \"{name}\", which the bot asked for, is not in the service rules."
        "La fila \"{name}\", pedida por el bot, no existe en las reglas del servicio."
    }
    RouteNotFound "route_not_found" to Agent off false with [Kind, Name] {
        "First note: the helpdesk has nothing of that name."
        "O helpdesk não tem {kind} com o nome \"{name}\". A conversa foi aberta sem isso."
        "The helpdesk has no {kind} named \"{name}\". The conversation was opened without it."
        "El helpdesk no tiene {kind} con el nombre \"{name}\". La conversación se abrió sin eso."
    }
    RouteNotLookedUp "route_not_looked_up" to Agent off false with [Kind, Name] {
        "First note: the helpdesk could not be asked for a name."
        "O helpdesk não respondeu à busca por {kind} \"{name}\". A conversa foi aberta sem isso."
        "The helpdesk could not be asked for the {kind} \"{name}\". The conversation was opened without it."
        "El helpdesk no respondió a la búsqueda de {kind} \"{name}\". La conversación se abrió sin eso."
    }
    RouteNotSet "route_not_set" to Agent off false with [Kind, Name] {
        "First note: the helpdesk could not set a part of the route."
        "Não foi possível definir no helpdesk: {kind} \"{name}\". A conversa foi aberta sem isso."
        "The helpdesk failed to set the {kind} \"{name}\". The conversation was opened without it."
        "No fue posible definir en el helpdesk: {kind} \"{name}\". La conversación se abrió sin eso."
    }
    RouteRefused "route_refused" to Agent off false with [Details] {
        "First note: the helpdesk refused the route."
        "O helpdesk recusou o destino, e a conversa foi aberta sem ele: {details}"
        "The helpdesk refused the route, and the conversation was opened without it: {details}"
        "El helpdesk rechazó el destino, y la conversación se abrió sin él: {details}"
    }
    NoteEarlierTickets "note_earlier_tickets" to Agent off true with [Tickets] {
        "First note: the customer's earlier tickets."
        "Tickets anteriores do cliente: {tickets}."
        "The customer's earlier tickets: {tickets}."
        "Tickets anteriores del cliente: {tickets}."
    }
    NoteOutsideHours "note_outside_hours" to Agent off true with [OpensAt] {
        "The conversation began outside the hours."
        "O cliente escreveu fora do horário de atendimento e foi avisado de que voltamos {opens_at}."
        "The customer wrote outside the hours and has been told that we will be back {opens_at}."
        "El cliente escribió fuera del horario de atención y se le avisó que volvemos {opens_at}."
    }
    NoteCallback "note_callback" to Agent off false with [OpensAt] {
        "The conversation began outside the hours, and the customer is called back."
        "O cliente escreveu fora do horário de atendimento, foi avisado de que voltamos {opens_at} e voltou ao bot. A primeira resposta aqui o chama de volta."
        "The customer wrote outside the hours, has been told that we will be back {opens_at}, and went back to the bot. The first answer here calls the customer back."
        "El cliente escribió fuera del horario de atención, se le avisó que volvemos {opens_at} y volvió al bot. La primera respuesta aquí lo llama de vuelta."
    }
    NoteUnanswered "note_unanswered" to Agent off true with [Minutes, Time] {
        "Nobody has answered for a while, and the customer was told."
        "O cliente espera há {time} sem resposta e foi avisado de que ainda procuramos alguém."
        "The customer has waited for {time} without an answer, and has been told that we are still looking for someone."
        "El cliente espera desde hace {time} sin respuesta y se le avisó que todavía buscamos a alguien."
    }
    NoteHandedBack "note_handed_back" to Agent off false with [Minutes, Time] {
        "Nobody answered, and the customer went back to the bot."
        "Ninguém respondeu em {time}, e o cliente voltou ao bot. O que for escrito aqui não chega mais a ele."
        "Nobody answered for {time}, and the customer went back to the bot. What is written here does not reach the customer any more."
        "Nadie respondió en {time} y el cliente volvió al bot. Lo que se escriba aquí ya no le llega."
    }
    NoteAgentSilent "note_agent_silent" to Agent off true with [Minutes, Time] {
        "The customer waits for the agent's answer."
        "O cliente espera uma resposta há {time}."
        "The customer has been waiting for an answer for {time}."
        "El cliente espera una respuesta desde hace {time}."
    }
    NoteClosedForSilence "note_closed_for_silence" to Agent off true with [] {
        "The conversation is closed because the customer said nothing."
        "A conversa foi encerrada porque o cliente não respondeu."
        "The conversation was closed because the customer did not answer."
        "La conversación se cerró porque el cliente no respondió."
    }
    NoteRating "note_rating" to Agent off true with [Score] {
        "The customer's rating."
        "Avaliação do cliente: {score} de 5."
        "The customer's rating: {score} of 5."
        "Calificación del cliente: {score} de 5."
    }
    NoteThanks "note_thanks" to Agent off true with [Words] {
        "The customer said thanks after the end."
        "O cliente agradeceu depois do fim da conversa: {words}"
        "The customer said thanks after the end of the conversation: {words}"
        "El cliente agradeció después del fin de la conversación: {words}"
    }
    NoteWithdrawn "note_withdrawn" to Agent off true with [] {
        "The agent deleted a message that the customer may have."
        "A mensagem que você apagou pode já ter chegado ao cliente, e lá não pode ser apagada."
        "The message that you deleted may have reached the customer already, and cannot be deleted there."
        "Es posible que el mensaje que usted borró ya le haya llegado al cliente, y allí no se puede borrar."
    }
    } };
}
