"""Frequent given names and family names of several languages: evidence for person names in a column.

Public census and registry name statistics (US, UK, Germany, France, Spain, Italy, the Netherlands,
Poland, Portugal, Brazil, the Nordic countries, India, China, Turkey, Arabic countries), written without accents as
 :func:`shared.pipeline.profile.words.folded` gives them.
Names that are mostly something else in data (colours, months, places, products) are left out.
"""

from __future__ import annotations

from shared.pipeline.profile.words import word_set

GIVEN_NAMES: frozenset[str] = word_set(
    """
    james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony donald
    steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary
    nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond
    patrick jack dennis jerry tyler aaron jose henry adam douglas nathan peter zachary kyle walter harold jeremy
    ethan carl keith roger gerald arthur terry lawrence sean albert joe willie billy bryan bruce ralph roy eugene
    louis philip bobby johnny harry liam noah oliver elijah lucas mason logan aiden jackson caleb owen wyatt luke
    isaac gabriel julian mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty
    sandra margaret ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura
    cynthia dorothy amy kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine debra
    rachel carolyn janet maria heather diane ruth julie olivia joyce virginia victoria kelly lauren christina joan
    evelyn judith andrea hannah megan cheryl jacqueline martha gloria teresa ann sara madison frances kathryn janice
    jean alice abigail julia judy sophia grace denise amber doris marilyn danielle beverly isabella theresa diana
    natalie brittany charlotte marie kayla alexis lori ava mia amelia harper ella chloe zoe lily nora hazel ellie
    lucy claire audrey alan alex ben bob chris dan dave ed fred greg jim jeff ken matt mike nick pete phil rob ron
    sam steve ted tim tom tony kate jenny liz meg sue beth becky cathy debbie ian neil simon graham nigel stuart
    gareth colin trevor oscar felix max leon jonas lukas elias finn luis emil anton moritz hans klaus juergen jurgen
    wolfgang uwe dieter manfred helmut stefan andreas matthias markus torsten ralf sabine petra monika ursula renate
    ingrid heike birgit katrin anja silke lena leonie greta mathilda pierre michel philippe alain nicolas laurent
    christophe sebastien julien antoine camille manon lea ines sophie nathalie isabelle sylvie catherine francoise
    valerie celine aurelie emilie juan carlos manuel francisco javier antonio jesus miguel angel pedro alejandro
    rafael fernando jorge alberto sergio diego pablo ramon enrique raul ivan ruben carmen ana isabel dolores pilar
    rosa lucia elena cristina marta paula silvia raquel beatriz sofia valentina camila giuseppe giovanni mario luigi
    francesco marco alessandro matteo lorenzo giulia chiara francesca alessia martina paolo raj rahul amit sanjay
    vijay anil sunil ravi suresh ramesh rajesh deepak arjun rohan aditya priya anjali neha pooja sunita anita kavita
    deepa lakshmi divya shreya ananya wei li ming jun hui yan jing fang lei xin yu chen hiroshi takashi kenji yuki
    haruto sakura akira keiko mohammed muhammad ahmed ali omar hassan hussein ibrahim youssef khalid fatima aisha
    mariam layla zainab noor yasmin amina olga natasha svetlana dmitri sergei vladimir igor alexei andrei boris
    katya tatiana irina bjorn lars sven erik nils astrid freya magnus linus joao tiago rui mariana thiago gustavo
    priscila kwame kofi ama chidi ngozi amara thandi ada edsger dana robin jordan taylor morgan casey jamie riley
    avery quinn cameron drew jesse anne maarten pieter willem kees joost sander bram daan thijs sjoerd wouter jeroen
    marieke anouk femke sanne lotte fleur roos maaike inge hanneke ilse tessa koen niels arjan henk gerrit johannes
    cornelis hendrik jan piotr krzysztof andrzej tomasz pawel marcin michal grzegorz jerzy tadeusz lukasz zbigniew
    ryszard dariusz mariusz marek jacek wojciech kamil mateusz jakub kacper bartosz szymon antoni franciszek
    stanislaw rafal malgorzata agnieszka krystyna ewa elzbieta zofia jadwiga magdalena joanna janina danuta
    aleksandra katarzyna dorota halina irena beata iwona grazyna urszula natalia zuzanna maja wiktoria oliwia kinga
    justyna sylwia renata patrycja weronika dominika izabela paulina joana rita carla susana sonia catarina
    margarida leonor matilde fernanda luiza isabela larissa leticia bruna juliana vanessa bianca nuno goncalo duarte
    vasco afonso paulo ricardo bruno hugo filipe andre diogo henrique caio vitor leandro rodrigo marcelo fabio
    felipe eduardo otavio murilo davi bernardo heitor breno yuri erick vinicius karin anders per mikael fredrik
    bengt lennart johan gunnar ulf mats goran christer sten ake birgitta margareta elisabet eva kerstin kristina
    ingegerd marianne annika helena susanne malin linnea elin hanna moa ebba alva axel viktor filip gustav hampus
    jesper rasmus mattias ole knut kjell arne tor olav geir terje morten trond rune svein kjetil bente liv berit
    solveig randi marit hilde silje mette lise kirsten hanne pernille kristian henrik soren jens mads mikkel
    frederik rikke juhani matti timo kari antti jukka mikko pekka heikki jari marko petri janne sami ville markku
    tapio eero lauri tuomas aino anneli liisa kaarina hannele marjatta tuula paivi leena sari satu minna riikka anni
    emilia jiri josef pavel petr jaroslav tomas miroslav zdenek frantisek vaclav karel milan jana hana lenka
    katerina lucie vera alena veronika zuzana eliska tereza istvan laszlo zoltan gabor attila ferenc katalin eszter
    zsuzsanna ildiko agnes reka mehmet mustafa ahmet emre burak kerem ozan murat serkan ayse fatma emine zeynep elif
    merve selin esra giorgos dimitris nikos yannis kostas eleni ioanna vasiliki despina dirk bernd horst gerhard
    guenter gunter werner rainer jochen joachim rolf karl heinz ludwig friedrich georg christian sebastian tobias
    florian dominik philipp fabian marcel holger volker gisela elke christa brigitte angelika gabriele claudia
    stefanie katharina franziska johanna clara hannelore ulrike melanie tanja thierry olivier fabrice pascal
    frederic didier gilles herve yves marc mathieu guillaume romain maxime quentin clement theo enzo mathis raphael
    louise jeanne juliette margaux clemence marion veronique martine monique francine chantal corinne sandrine
    delphine elodie mathilde gonzalo ignacio alvaro adrian victor guillermo jaime marcos santiago mateo andres rocio
    nuria irene alba noelia lorena monica mercedes josefa encarnacion inmaculada consuelo esther montserrat ainhoa
    leire davide simone federico stefano roberto riccardo massimo claudio gianluca daniele emanuele nicola vincenzo
    salvatore gennaro domenico pasquale raffaele filippo edoardo tommaso pietro simona federica elisa ilaria valeria
    giorgia arianna beatrice ginevra rossella antonella daniela patrizia giovanna rosaria howard wayne clifford
    vernon clarence leonard norman earl leslie glenn lloyd marvin melvin leroy floyd cecil josephine edith ethel
    gladys florence mildred bertha lillian thelma lois ellen geraldine eleanor carrie bessie norma pauline yvonne
    rosemary wendy tracy tina stacy heidi bethany caitlin chelsea courtney erin kristen leah lindsey molly paige
    sabrina savannah shannon whitney naomi imogen isla evie harriet niamh siobhan aoife ciara saoirse declan eoin
    cian callum ewan rory hamish craig darren dean lee gavin kieran leighton jamal malik tyrone darnell deshawn
    latoya keisha aaliyah preston trent brett chad derek travis dustin cody brent clayton garrett spencer
    """
)

FAMILY_NAMES: frozenset[str] = word_set(
    """
    smith johnson williams jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson
    thomas taylor moore jackson martin lee perez thompson harris sanchez clark ramirez lewis robinson walker allen
    king wright scott torres nguyen hill flores adams nelson baker hall rivera campbell mitchell carter roberts
    gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers
    gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks
    chavez james bennett mendoza ruiz hughes alvarez castillo sanders patel myers ross foster jimenez powell jenkins
    perry russell sullivan bell coleman butler henderson barnes gonzales fisher vasquez simmons graham patterson
    jordan reynolds hamilton gibson wallace cole owens stevens tucker porter hunter hicks crawford henry boyd mason
    kennedy warren dixon burns gordon shaw holmes robertson hunt daniels palmer mills grant knight ferguson hawkins
    dunn perkins hudson spencer gardner stephens payne pierce matthews arnold wagner willis ray watkins olson
    carroll duncan snyder hart cunningham bradley andrews harper riley armstrong carpenter weaver greene lawrence
    elliott sims austin peters kelley franklin lawson ryan schmidt carr wheeler chapman oliver montgomery richards
    williamson johnston meyer bishop mccoy howell morrison hansen garza harvey little burton stanley tran pham
    mueller muller schneider fischer weber becker schulz hoffmann schaefer koch bauer richter klein wolf schroeder
    neumann schwarz zimmermann braun krueger hofmann hartmann lange krause lehmann koehler herrmann koenig bernard
    dubois durand leroy moreau laurent lefebvre michel simon fournier girard bonnet dupont lambert fontaine
    fernandez romero navarro dominguez gil vazquez serrano molina rossi russo ferrari esposito bianchi romano
    colombo ricci marino greco bruno gallo conti costa silva oliveira souza pereira ferreira almeida sharma kumar
    singh gupta verma shah mehta reddy rao nair iyer khan chatterjee banerjee mukherjee das joshi wang li zhang liu
    chen yang huang zhao wu zhou xu sun ma zhu hu guo lin tanaka suzuki sato takahashi watanabe yamamoto nakamura
    kobayashi ito kato choi jung kang ali ahmed hassan hussein ibrahim mahmoud abdullah ivanov petrov sidorov
    smirnov kuznetsov popov novak kowalski nowak larsen nielsen jensen andersson johansson karlsson nilsson eriksson
    lindberg olsen haugen okafor adeyemi mensah lovelace turing hopper torvalds vries jong berg dijk bakker janssen
    visser smit meijer mulder groot bos vos hendriks leeuwen dekker brouwer wit dijkstra smits graaf meer kok jacobs
    haan vermeulen heuvel veen broek bruijn schouten willems vliet hoekstra maas koster verhoeven huisman postma
    jansen claes goossens wouters mertens maes lemmens desmet wisniewski wojcik kowalczyk kaminski lewandowski
    zielinski szymanski wozniak dabrowski kozlowski jankowski mazur kwiatkowski krawczyk piotrowski grabowski
    nowakowski pawlowski michalski nowicki adamczyk dudek zajac wieczorek jablonski krol majewski olszewski jaworski
    wrobel malinowski pawlak witkowski walczak stepien gorski rutkowski michalak sikora ostrowski baran duda
    szewczyk tomaszewski pietrzak marciniak wroblewski zalewski jakubowski martins rodrigues fernandes goncalves
    gomes lopes marques alves ribeiro pinto carvalho teixeira moreira correia mendes nunes soares vieira monteiro
    cardoso rocha neves coelho cunha pires reis simoes antunes matos fonseca morais machado araujo barbosa lima melo
    barros freitas dias nascimento andrade azevedo nogueira larsson olsson persson svensson gustafsson pettersson
    jonsson jansson hansson bengtsson lindstrom jakobsson magnusson olofsson lindqvist lindgren axelsson berglund
    fredriksson lundberg bergstrom lundgren mattsson berggren nystrom sandberg holmberg forsberg sjoberg wallin
    engstrom eklund danielsson lundin johansen andersen pedersen kristiansen jenssen karlsen hagen eriksen bakken
    lund sorensen moen dahl solberg christensen rasmussen jorgensen madsen kristensen thomsen poulsen knudsen
    mortensen korhonen virtanen makinen nieminen makela hamalainen laine heikkinen koskinen jarvinen lehtonen
    lehtinen saarinen salminen heinonen niemi heikkila salonen kinnunen turunen salo laitinen rantanen jokinen
    novotny dvorak cerny prochazka kucera vesely horak nemec pokorny marek hajek jelinek ruzicka benes fiala nagy
    kovacs toth szabo horvath varga molnar yilmaz kaya demir celik sahin yildiz ozturk aydin arslan papadopoulos
    nikolaidis georgiou popescu ionescu popa dumitru radu horvat kovacevic babic maric jovanovic schroder kaiser
    fuchs scholz hahn vogel schubert winkler berger huber maier mayer keller roth frank albrecht ludwig kraus
    schulte gross brandt haas graf dietrich kuhn pohl engel busch bergmann voigt sauer pfeiffer weiss jager lorenz
    peter seidel robert richard petit roux david bertrand morel garnier faure rousseau blanc guerin roussel mathieu
    gautier masson marchand duval denis dumont marie lemaire noel dufour meunier brun blanchard giraud joly riviere
    lucas brunet gaillard barbier arnaud renard roy colin vidal aubert blanco suarez ortega delgado castro rubio
    marin sanz iglesias nunez medina garrido cortes lozano guerrero cano prieto mendez calvo gallego herrera pena
    cabrera vega carrasco diez caballero nieto aguilar pascual herrero lorenzo hidalgo montero gatti moretti
    barbieri lombardi giordano cassano mancini longo leone martinelli marchetti martini galli mariani rinaldi caruso
    ferrara santoro conte ferri fabbri marini grassi valentini gentile owusu boateng abebe diallo traore kone ndiaye
    mwangi kamau otieno nkosi dlamini okonkwo eze begum hossain rahman islam malik chaudhry siddiqui mishra yadav
    pandey chopra kapoor malhotra menon pillai le hoang phan vu dang bui do ngo truong lim tan goh ong wong cheung
    chan lau leung tsang fitzgerald oneill obrien oconnor byrne walsh doyle gallagher murray quinn lynch mccarthy
    doherty macdonald mcdonald mackenzie sinclair cameron munro lloyd griffiths pritchard bowen bevan barker
    chadwick whitehead fletcher hargreaves ashworth bates booth bolton burgess chambers clayton cooke curtis davey
    dawson dean dickinson farrell gibbs giles goddard hale hammond harding hewitt higgins hobbs hodgson holt
    humphreys hutchinson ingram jarvis kaur kemp kent kirby leach lowe manning marshall mellor middleton miles
    newton nicholson norton osborne parkin parsons pearce pearson peacock pickering poole pratt randall reid rowe
    rowley sharp shepherd skinner slater steele stephenson storey sutton talbot thornton tomlinson townsend tyler
    vaughan wade walters warner watts webb webster welch wilkins wilkinson woods wyatt yates
    """
)
